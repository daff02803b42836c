/** Tables of the sandbox's own book. Times are unix milliseconds, amounts decimal text in major units. */
export const schema = `
CREATE TABLE IF NOT EXISTS orders (
  seq INTEGER PRIMARY KEY,
  vendor TEXT NOT NULL,
  order_id TEXT NOT NULL,
  merchant_reference TEXT,
  idempotency_key TEXT,
  beneficiary TEXT NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  fee TEXT NOT NULL,
  callback_url TEXT,
  details TEXT NOT NULL,
  behaviour TEXT NOT NULL,
  state TEXT NOT NULL,
  ever_paid INTEGER NOT NULL DEFAULT 0,
  query_faults_used INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  callback_at INTEGER,
  UNIQUE (vendor, order_id)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS orders_by_reference ON orders (vendor, merchant_reference)
  WHERE merchant_reference IS NOT NULL;
CREATE INDEX IF NOT EXISTS orders_by_key ON orders (vendor, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS orders_by_time ON orders (vendor, created_at);
CREATE TABLE IF NOT EXISTS movements (
  id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL REFERENCES orders (seq),
  kind TEXT NOT NULL CHECK (kind IN ('paid', 'returned')),
  amount TEXT NOT NULL,
  fee TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS movements_by_order ON movements (seq);
CREATE TABLE IF NOT EXISTS steps (
  id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL REFERENCES orders (seq),
  target TEXT NOT NULL,
  due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS steps_by_time ON steps (due_at);
CREATE TABLE IF NOT EXISTS callbacks (
  id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL REFERENCES orders (seq),
  state TEXT NOT NULL,
  url TEXT,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  due_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'acknowledged', 'given-up')),
  last_answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS callbacks_by_time ON callbacks (due_at) WHERE outcome = 'waiting';
CREATE TABLE IF NOT EXISTS scripts (
  vendor TEXT NOT NULL,
  beneficiary TEXT NOT NULL,
  script TEXT NOT NULL,
  creates_seen INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (vendor, beneficiary)
) STRICT;
CREATE TABLE IF NOT EXISTS arrivals (
  vendor TEXT NOT NULL,
  beneficiary TEXT NOT NULL,
  creates INTEGER NOT NULL,
  PRIMARY KEY (vendor, beneficiary)
) STRICT;
CREATE TABLE IF NOT EXISTS runtime_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;
