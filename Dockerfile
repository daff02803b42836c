# One image for every program of the payout ledger; the program's name is the argument:
#
#   docker build --tag payout-ledger:0.1.0 .
#   docker run --init payout-ledger:0.1.0 command
#
# `npm run image-tree` carries out these very lines without Docker, in a folder (test/packaging/image-tree.ts). It knows
# the instructions that are used here and refuses others. Steps use paths relative to WORKDIR, so that it can.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
# Node is the image's own: the packages that bring Node to a developer's machine are optional ones, and left out.
COPY package.json package-lock.json .npmrc ./
# No package needs its install script: the one native part (SQLite) carries ready binaries.
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY apps ./apps
COPY libs ./libs
RUN npm run build && rm dist/.tsbuildinfo
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# What is never loaded: packages' TypeScript, source maps and readmes, the source of SQLite, binaries for other machines.
RUN find node_modules -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '*.md' \) -delete \
 && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
 && find node_modules/better-sqlite3/prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
 && find node_modules -depth -type d -empty -delete
# An empty folder, which the last stage gives to the user that it runs as: volumes mounted there begin as it is.
RUN mkdir data

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="payout-ledger" \
      org.opencontainers.image.description="Event-sourced payout ledger" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
ENV PATH=/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /app
COPY LICENSE ./
COPY deploy/payout-ledger deploy/health.mjs ./bin/
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build --chown=1000:1000 /app/data /data
# The image's user `node`, as a number, so that Kubernetes can see that it isn't root.
USER 1000:1000
# API, callbacks, operators, auditors, status (health and metrics)
EXPOSE 3000 3001 3002 3004 9464
# Live, not ready: a program that waits for an engine isn't mended by a restart.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/app/bin/payout-ledger", "health", "live"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/bin/payout-ledger"]
