import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { page, ROOT } from '#test/docs/pages';

export interface Alert {
  readonly name: string;
  readonly expression: string;
  readonly severity: string;
  readonly summary: string;
  readonly runbook: string;
}

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert?: string;
      readonly record?: string;
      readonly expr: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

const RULES = new URL('deploy/prometheus/alerts.yml', ROOT);

function rules() {
  const file = parse(readFileSync(RULES, 'utf8')) as RuleFile;
  return file.groups.flatMap((group) => group.rules);
}

export function readAlerts(): readonly Alert[] {
  return rules().flatMap(({ alert, expr, labels = {}, annotations = {} }) =>
    alert === undefined
      ? []
      : [
          {
            name: alert,
            expression: expr,
            severity: labels['severity'] ?? '',
            summary: annotations['summary'] ?? '',
            runbook: annotations['runbook'] ?? '',
          },
        ],
  );
}

/** Names of metrics that the rules themselves make. */
export function recordedNames(): readonly string[] {
  return rules().flatMap(({ record }) => record ?? []);
}

/** Every expression of the rules, with what it is part of. */
export function ruleExpressions(): readonly (readonly [string, string])[] {
  return rules().map(({ alert, record, expr }) => [alert ?? record ?? '', expr]);
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export function readDashboard(): Dashboard {
  return JSON.parse(page('deploy/grafana/money.json')) as Dashboard;
}

/** A metric that can be asked for, with its labels. */
export type KnownMetrics = ReadonlyMap<string, readonly string[]>;

/** By the table of docs/observability.md, which a test of its own compares with what the programs register. */
export function knownMetrics(): KnownMetrics {
  const known = new Map<string, readonly string[]>();
  const rows = page('docs/observability.md').matchAll(/^\| `(payout_[a-z_]+)` \| ([cgh]) \|([^|]*)\|/gm);
  for (const [, name = '', kind = '', labelText = ''] of rows) {
    const labels = [...labelText.matchAll(/`([a-z_]+)`/g)].map(([, label = '']) => label);
    if (kind === 'h') {
      known.set(`${name}_bucket`, [...labels, 'le']);
      known.set(`${name}_sum`, labels);
      known.set(`${name}_count`, labels);
    } else {
      known.set(name, labels);
    }
  }
  return known;
}

/** What an expression of PromQL asks for: names of metrics and the labels that it picks, groups or joins by. */
export interface Asked {
  readonly metrics: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly grouped: readonly string[];
}

const WORDS = new Set(
  'and or unless by without on ignoring group_left group_right bool offset inf nan sum min max avg count'.split(
    ' ',
  ),
);

/** Reads as much of PromQL as the rules and the dashboard use. */
export function askedBy(expression: string): Asked {
  const metrics: { name: string; labels: readonly string[] }[] = [];
  const grouped: string[] = [];
  let rest = expression.replace(/\$__rate_interval/g, '5m');
  rest = rest.replace(/\b(by|without|on|ignoring)\s*\(([^)]*)\)/g, (_all, _word, labels: string) => {
    grouped.push(
      ...labels
        .split(',')
        .map((label) => label.trim())
        .filter((label) => label !== ''),
    );
    return ' ';
  });
  rest = rest.replace(/\[[^\]]*\]|\boffset\s+\w+/g, ' ');
  rest = rest.replace(/([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g, (_all, name: string, matchers: string) => {
    const labels = [...matchers.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"[^"]*"/g)].map(
      ([, label = '']) => label,
    );
    metrics.push({ name, labels });
    return ' ';
  });
  for (const [, name = ''] of rest.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])/g)) {
    if (!WORDS.has(name)) metrics.push({ name, labels: [] });
  }
  return { metrics, grouped };
}
