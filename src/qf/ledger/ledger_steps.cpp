// The ledger's schema, step by step: step i brings schema i to i + 1. A step that was released is never changed.
#include <array>

#include "qf/ledger/database.h"

namespace qf {
namespace {

// The subject's name is kept as it was written; `subject_key` is what is compared. REPLACE fires the
// triggers that forbid deletion only with recursive_triggers, which open() sets.
constexpr std::array<std::string_view, 7> kSteps = {R"sql(
CREATE TABLE project_owners (
  project      TEXT NOT NULL PRIMARY KEY,
  subject      TEXT NOT NULL,
  subject_key  TEXT NOT NULL,
  confirmed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX project_owners_by_subject ON project_owners (subject_key);

CREATE TABLE project_owner_history (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  project      TEXT NOT NULL,
  subject      TEXT NOT NULL,
  subject_key  TEXT NOT NULL,
  confirmed_at INTEGER NOT NULL,
  replaced_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE consent_events (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  subject     TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  scope       TEXT NOT NULL CHECK (scope IN ('model_training', 'question_text', 'correction_text',
                                             'rationale_text', 'share_internal', 'share_external')),
  status      TEXT NOT NULL CHECK (status IN ('given', 'refused', 'withdrawn')),
  given_at    INTEGER NOT NULL,
  covers_from INTEGER NOT NULL,
  expires_at  INTEGER,
  method      TEXT NOT NULL,
  evidence    TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  notice      TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX consent_events_once ON consent_events (
  subject_key, scope, status, given_at, covers_from, ifnull(expires_at, ''), method, evidence, recorded_by, notice);
CREATE TRIGGER consent_events_no_update BEFORE UPDATE ON consent_events
BEGIN SELECT RAISE(ABORT, 'consent_events is append-only'); END;
CREATE TRIGGER consent_events_no_delete BEFORE DELETE ON consent_events
BEGIN SELECT RAISE(ABORT, 'consent_events is append-only'); END;

CREATE TABLE split_assignments (
  subject_tag         TEXT NOT NULL PRIMARY KEY,
  split               TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
  fold                INTEGER NOT NULL CHECK (fold >= 0),
  assigned_in_version TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (
  audience        TEXT NOT NULL CHECK (audience IN ('private', 'internal', 'external')),
  version         TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('live', 'superseded', 'revoked')),
  identity        TEXT NOT NULL,
  content_digest  TEXT NOT NULL,
  logical_digest  TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  as_of           INTEGER NOT NULL,
  program_version TEXT NOT NULL,
  PRIMARY KEY (audience, version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX versions_one_live ON versions (audience) WHERE state = 'live';
)sql",
                                                    // What tells the registered project from another of its name.
                                                    R"sql(
ALTER TABLE project_owners ADD COLUMN first_line TEXT;
ALTER TABLE project_owners ADD COLUMN first_day TEXT;
)sql",
                                                    // What keeping and removing versions needs to know.
                                                    R"sql(
ALTER TABLE versions ADD COLUMN key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN sums_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN removed_at INTEGER;

CREATE TABLE store_keys (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id        TEXT NOT NULL,
  first_used_at INTEGER NOT NULL
) STRICT;

CREATE TABLE version_holds (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  audience  TEXT NOT NULL,
  version   TEXT NOT NULL,
  reason    TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  placed_at INTEGER NOT NULL,
  lifted_by TEXT,
  lifted_at INTEGER,
  FOREIGN KEY (audience, version) REFERENCES versions (audience, version)
) STRICT;
CREATE UNIQUE INDEX version_holds_one ON version_holds (audience, version) WHERE lifted_at IS NULL;

CREATE TABLE split_draws (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  drawn_at INTEGER NOT NULL
) STRICT;
)sql",
                                                    // Proofs, authority, and the rights of the people in the data.
                                                    // Erasing is the one way to delete from an append-only table: the
                                                    // person stands in `erasing` for as long as that transaction.
                                                    R"sql(
CREATE TABLE erasing (subject_key TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
DROP TRIGGER consent_events_no_delete;
CREATE TRIGGER consent_events_no_delete BEFORE DELETE ON consent_events
WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE subject_key = OLD.subject_key)
BEGIN SELECT RAISE(ABORT, 'consent_events is append-only'); END;

CREATE TABLE chain (
  seq        INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  commitment TEXT NOT NULL,
  hash       TEXT NOT NULL
) STRICT;
CREATE TRIGGER chain_no_update BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'chain is append-only'); END;
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'chain is append-only'); END;

CREATE TABLE chain_bodies (
  seq         INTEGER PRIMARY KEY REFERENCES chain (seq),
  subject_key TEXT NOT NULL,
  salt        TEXT NOT NULL,
  body        TEXT NOT NULL
) STRICT;
CREATE INDEX chain_bodies_by_subject ON chain_bodies (subject_key);
CREATE TRIGGER chain_bodies_no_update BEFORE UPDATE ON chain_bodies
BEGIN SELECT RAISE(ABORT, 'chain_bodies is append-only'); END;
CREATE TRIGGER chain_bodies_no_delete BEFORE DELETE ON chain_bodies
WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE subject_key = OLD.subject_key)
BEGIN SELECT RAISE(ABORT, 'chain_bodies is append-only'); END;

CREATE TABLE checkpoints (
  seq        INTEGER NOT NULL PRIMARY KEY,
  at         INTEGER NOT NULL,
  head       TEXT NOT NULL,
  public_key TEXT NOT NULL,
  signature  TEXT NOT NULL
) STRICT;

CREATE TABLE authorisations (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  controller  TEXT NOT NULL,
  basis       TEXT NOT NULL,
  dpia        TEXT NOT NULL,
  audience    TEXT NOT NULL CHECK (audience IN ('internal', 'external')),
  until       INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  revoked_by  TEXT,
  revoked_at  INTEGER
) STRICT;

CREATE TABLE subject_controllers (
  subject_key TEXT NOT NULL PRIMARY KEY,
  controller  TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recipients (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  contact     TEXT NOT NULL,
  audience    TEXT NOT NULL,
  version     TEXT NOT NULL,
  export      TEXT NOT NULL,
  models      TEXT NOT NULL,
  given_at    INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  FOREIGN KEY (audience, version) REFERENCES versions (audience, version)
) STRICT;

CREATE TABLE quarantine_items (
  id          TEXT NOT NULL PRIMARY KEY,
  subject_key TEXT NOT NULL,
  project     TEXT NOT NULL,
  place       TEXT NOT NULL,
  field       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  found_at    INTEGER NOT NULL,
  decision    TEXT CHECK (decision IN ('release', 'destroy')),
  decided_by  TEXT,
  decided_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE suppressions (
  tag   TEXT NOT NULL PRIMARY KEY,
  kind  TEXT NOT NULL CHECK (kind IN ('subject', 'project')),
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erasures (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  subject_tag TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER,
  journal     TEXT NOT NULL DEFAULT '',
  receipt     TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE row_trees (
  audience TEXT NOT NULL,
  version  TEXT NOT NULL,
  root     TEXT NOT NULL,
  rows     INTEGER NOT NULL,
  PRIMARY KEY (audience, version),
  FOREIGN KEY (audience, version) REFERENCES versions (audience, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstones (
  audience   TEXT NOT NULL,
  version    TEXT NOT NULL,
  record_id  TEXT NOT NULL,
  reason     TEXT NOT NULL,
  removed_at INTEGER NOT NULL,
  PRIMARY KEY (audience, version, record_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
  id           TEXT NOT NULL PRIMARY KEY,
  language     TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  published_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql",
                                                    // Whose salt a version's pseudonyms are drawn from has to be known
                                                    // for longer than the version's own record is kept.
                                                    R"sql(
ALTER TABLE versions ADD COLUMN salt_identity TEXT NOT NULL DEFAULT '';
)sql",
                                                    // One text stands in many rows, and one decision is about all of
                                                    // them. The columns of the key come first: SQLite 3.40 finds NULL
                                                    // in others behind them otherwise.
                                                    R"sql(
CREATE TABLE quarantine_places (
  id          TEXT NOT NULL REFERENCES quarantine_items (id),
  project     TEXT NOT NULL,
  field       TEXT NOT NULL,
  place       TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  PRIMARY KEY (id, project, field, place)
) STRICT, WITHOUT ROWID;
INSERT INTO quarantine_places (id, subject_key, project, field, place)
  SELECT id, subject_key, project, field, place FROM quarantine_items;
)sql",
                                                    // The salts of the digests of tables that entries of the audit log
                                                    // state, of each table the last; and which tables had rows before
                                                    // entries stated any. From this schema on, entries commit to whom
                                                    // they are about.
                                                    R"sql(
CREATE TABLE table_salts (
  name TEXT NOT NULL PRIMARY KEY,
  salt TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rows_before_log (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO rows_before_log (name)
  SELECT 'authorisations' WHERE EXISTS (SELECT 1 FROM authorisations)
  UNION ALL SELECT 'consent_events' WHERE EXISTS (SELECT 1 FROM consent_events)
  UNION ALL SELECT 'erasures' WHERE EXISTS (SELECT 1 FROM erasures)
  UNION ALL SELECT 'notices' WHERE EXISTS (SELECT 1 FROM notices)
  UNION ALL SELECT 'project_owner_history' WHERE EXISTS (SELECT 1 FROM project_owner_history)
  UNION ALL SELECT 'project_owners' WHERE EXISTS (SELECT 1 FROM project_owners)
  UNION ALL SELECT 'quarantine_items' WHERE EXISTS (SELECT 1 FROM quarantine_items)
  UNION ALL SELECT 'recipients' WHERE EXISTS (SELECT 1 FROM recipients)
  UNION ALL SELECT 'row_trees' WHERE EXISTS (SELECT 1 FROM row_trees)
  UNION ALL SELECT 'split_assignments' WHERE EXISTS (SELECT 1 FROM split_assignments)
  UNION ALL SELECT 'split_draws' WHERE EXISTS (SELECT 1 FROM split_draws)
  UNION ALL SELECT 'store_keys' WHERE EXISTS (SELECT 1 FROM store_keys)
  UNION ALL SELECT 'subject_controllers' WHERE EXISTS (SELECT 1 FROM subject_controllers)
  UNION ALL SELECT 'suppressions' WHERE EXISTS (SELECT 1 FROM suppressions)
  UNION ALL SELECT 'tombstones' WHERE EXISTS (SELECT 1 FROM tombstones)
  UNION ALL SELECT 'version_holds' WHERE EXISTS (SELECT 1 FROM version_holds)
  UNION ALL SELECT 'versions' WHERE EXISTS (SELECT 1 FROM versions);
)sql"};

}  // namespace

std::span<const std::string_view> ledger_steps() { return kSteps; }

}  // namespace qf
