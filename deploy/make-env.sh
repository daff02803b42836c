#!/bin/sh
# Writes .env with what docker-compose.yml asks for: new random secrets. It never replaces a file that is there.
# PAYOUT_MASTER_KEY is the root of all keys: without it no beneficiary can be read any more. Keep a copy elsewhere.
set -eu
file=${1:-.env}
random() { openssl rand -hex "$1"; }

umask 077
set -C
cat >"$file" <<ENV
PAYOUT_MASTER_KEY=$(openssl rand -base64 32)
PAYOUT_OPERATOR_TOKEN=$(random 24)
PAYOUT_AUDIT_TOKEN=$(random 24)
PAYOUT_CALLERS=payroll:$(random 24)
POSTGRES_PASSWORD=$(random 24)
KEYS_POSTGRES_PASSWORD=$(random 24)
GRAFANA_PASSWORD=$(random 16)
ENV
echo "$file is written: keep a copy of PAYOUT_MASTER_KEY in a safe place" >&2
