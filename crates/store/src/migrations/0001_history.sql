PRAGMA application_id = 1399347045;

-- What the user pasted, whole.
CREATE TABLE pastes (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

-- A URL once, however often it is pasted. The key joins all forms of one video.
CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    kind TEXT NOT NULL,
    video_id TEXT,
    canonical TEXT,
    title TEXT,
    video_key TEXT NOT NULL
);
CREATE INDEX links_by_video ON links (video_key);

-- What short links lead to, by the key that such a link has until this is known.
CREATE TABLE landings (
    short_key TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> 'short'),
    video_id TEXT NOT NULL,
    canonical TEXT,
    learned_at INTEGER NOT NULL
);

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    paste_id INTEGER NOT NULL REFERENCES pastes (id),
    link_id INTEGER REFERENCES links (id),
    operation TEXT NOT NULL,
    -- Where it is listed; follows from the operation.
    desk TEXT NOT NULL CHECK (desk IN ('texts', 'works', 'research')),
    provider TEXT NOT NULL,
    -- Providers that may still be tried, as JSON.
    then_providers TEXT NOT NULL DEFAULT '[]',
    -- Of these, those that were passed over without a call, and why, as JSON.
    passed_over TEXT NOT NULL DEFAULT '[]',
    target_language TEXT,
    -- What the user filled in, as JSON.
    input TEXT NOT NULL DEFAULT '{}',
    subject TEXT,
    model TEXT,
    -- The task whose work this one edits.
    parent_id INTEGER REFERENCES tasks (id) ON DELETE SET NULL,
    -- Tasks that share their create call: the id of the first when they were made.
    batch INTEGER,
    state TEXT NOT NULL CHECK (
        state IN ('queued', 'submitting', 'running', 'succeeded', 'failed', 'cancelled', 'uncertain')
    ),
    wait_reason TEXT,
    wait_until INTEGER,
    sends INTEGER NOT NULL DEFAULT 0,
    stalled INTEGER NOT NULL DEFAULT 0 CHECK (stalled IN (0, 1)),
    progress INTEGER CHECK (progress BETWEEN 0 AND 100),
    fetching INTEGER NOT NULL DEFAULT 0 CHECK (fetching IN (0, 1)),
    polls INTEGER NOT NULL DEFAULT 0,
    bad_polls INTEGER NOT NULL DEFAULT 0,
    cancel_cause TEXT,
    failure TEXT,
    remote_id TEXT,
    title TEXT,
    author TEXT,
    duration_s INTEGER,
    cover_url TEXT,
    media_url TEXT,
    avatar_url TEXT,
    learned_at INTEGER,
    words INTEGER,
    -- What came back besides a transcript, and its works once more for the list, as JSON.
    output TEXT,
    works TEXT,
    cost INTEGER,
    created_at INTEGER NOT NULL,
    submitted_at INTEGER,
    ended_at INTEGER,
    next_poll_at INTEGER,
    deleted_at INTEGER,
    -- A running task can always be found again at its provider.
    CHECK (state <> 'running' OR remote_id IS NOT NULL),
    CHECK ((state = 'cancelled') = (cancel_cause IS NOT NULL)),
    CHECK (state NOT IN ('failed', 'uncertain') OR failure IS NOT NULL),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (state <> 'submitting' OR submitted_at IS NOT NULL),
    -- Nothing in the trash is ever paid for.
    CHECK (deleted_at IS NULL OR state NOT IN ('queued', 'submitting')),
    -- What is asked of a link has one, unless it was begun elsewhere and is only followed here.
    CHECK (link_id IS NOT NULL OR desk <> 'texts' OR subject IS NOT NULL)
);
CREATE INDEX tasks_by_state ON tasks (state, provider);
CREATE INDEX tasks_by_link ON tasks (link_id);
CREATE INDEX tasks_waiting ON tasks (state, wait_until) WHERE wait_until IS NOT NULL;
-- The second column lets the list be counted without a look at the rows.
CREATE INDEX tasks_listed ON tasks (desk, paste_id DESC, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_parent ON tasks (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_by_batch ON tasks (batch) WHERE batch IS NOT NULL;
CREATE INDEX tasks_ended ON tasks (provider, operation, ended_at) WHERE state = 'succeeded';

-- The ledger of create calls. An open one (no outcome) means that a request may be out.
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    provider TEXT NOT NULL,
    -- The task's place in the call.
    item INTEGER NOT NULL DEFAULT 0,
    -- Where several tasks share one create call: the attempt of the first, which stands for the call.
    call INTEGER,
    intent_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT CHECK (outcome IN ('accepted', 'rejected', 'not-sent', 'unknown', 'crashed')),
    remote_id TEXT,
    failure TEXT,
    -- What is known about a call whose outcome is not, as JSON, redacted.
    evidence TEXT CHECK (length(CAST(evidence AS BLOB)) <= 4096),
    UNIQUE (task_id, number),
    CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CHECK (remote_id IS NULL OR coalesce(outcome, 'open') IN ('accepted', 'unknown', 'crashed'))
);
CREATE UNIQUE INDEX one_open_attempt ON attempts (task_id) WHERE outcome IS NULL;
CREATE INDEX attempts_by_call ON attempts (call) WHERE call IS NOT NULL;
CREATE UNIQUE INDEX one_task_per_remote_id ON attempts (provider, remote_id, item) WHERE remote_id IS NOT NULL;

CREATE TABLE transcripts (
    id INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('provider', 'tidied', 'edited')),
    text TEXT NOT NULL CHECK (text <> ''),
    words INTEGER NOT NULL,
    incomplete INTEGER NOT NULL DEFAULT 0 CHECK (incomplete IN (0, 1)),
    created_at INTEGER NOT NULL,
    UNIQUE (task_id, version)
);

-- Every accepted answer as it came, redacted and deflated, so that a better parser can read it later.
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    asked TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL
);
CREATE INDEX answers_by_task ON answers (task_id);

-- What was spent: one row for each create call. Outlives its task, without text or link.
CREATE TABLE spend (
    id INTEGER PRIMARY KEY,
    attempt_id INTEGER NOT NULL UNIQUE,
    task_id INTEGER REFERENCES tasks (id) ON DELETE SET NULL,
    provider TEXT NOT NULL,
    operation TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount INTEGER,
    certain INTEGER NOT NULL CHECK (certain IN (0, 1)),
    spent_at INTEGER NOT NULL
);
CREATE INDEX spend_by_day ON spend (provider, spent_at);
CREATE INDEX spend_by_task ON spend (task_id);

CREATE TABLE covers (
    task_id INTEGER PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    media_type TEXT NOT NULL,
    bytes BLOB NOT NULL
);

CREATE TABLE providers (
    provider TEXT PRIMARY KEY,
    record TEXT NOT NULL
);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Files on their way to the user's folders, and those that arrived. Without their addresses, which are signed.
CREATE TABLE downloads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    -- Which file of the task, as JSON.
    media TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    part TEXT,
    validator TEXT,
    received INTEGER NOT NULL CHECK (received >= 0),
    total INTEGER,
    failure TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((state = 'running') = (ended_at IS NULL)),
    CHECK (state <> 'done' OR part IS NULL)
);
CREATE INDEX downloads_by_task ON downloads (task_id);
CREATE INDEX downloads_running ON downloads (id) WHERE state = 'running';

-- The files of works that were paid for, or why one cannot be had.
CREATE TABLE works_kept (
    task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    -- Its place among the task's works.
    work INTEGER NOT NULL,
    name TEXT UNIQUE,
    media_type TEXT,
    bytes INTEGER,
    failure TEXT,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (task_id, work),
    CHECK ((name IS NULL) = (media_type IS NULL) AND (name IS NULL) = (bytes IS NULL)),
    CHECK ((name IS NULL) = (failure IS NOT NULL))
);
CREATE INDEX tasks_with_works ON tasks (id) WHERE works IS NOT NULL;

-- What a CHECK cannot see: the row as it was, and other tables. Each of these is a charge that nobody would know of, or
-- a paid task that nobody could find again.
CREATE TRIGGER tasks_begin_unpaid BEFORE INSERT ON tasks
WHEN NEW.state NOT IN ('queued', 'running')
BEGIN SELECT RAISE(ABORT, 'a task begins queued, or running elsewhere'); END;

CREATE TRIGGER tasks_move_on BEFORE UPDATE OF state ON tasks
WHEN NEW.state <> OLD.state AND OLD.state || ' ' || NEW.state NOT IN (
    'queued submitting', 'queued cancelled',
    'submitting queued', 'submitting running', 'submitting succeeded', 'submitting failed', 'submitting uncertain',
    'running succeeded', 'running failed', 'running cancelled', 'running uncertain',
    'uncertain queued', 'uncertain running', 'uncertain cancelled',
    'failed queued', 'cancelled queued', 'cancelled running', 'cancelled succeeded'
)
BEGIN SELECT RAISE(ABORT, 'no task moves so'); END;

CREATE TRIGGER tasks_end_their_call BEFORE UPDATE OF state ON tasks
WHEN OLD.state = 'submitting' AND NEW.state <> 'submitting'
    AND EXISTS (SELECT 1 FROM attempts WHERE task_id = OLD.id AND outcome IS NULL)
BEGIN SELECT RAISE(ABORT, 'its create call is still out'); END;

CREATE TRIGGER tasks_are_owed BEFORE UPDATE OF state ON tasks
WHEN NEW.state = 'succeeded' AND OLD.state <> 'succeeded' AND NEW.remote_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM attempts WHERE task_id = OLD.id AND outcome = 'accepted')
BEGIN SELECT RAISE(ABORT, 'no call was accepted that could have given a result'); END;

CREATE TRIGGER tasks_stay_while_paid BEFORE DELETE ON tasks
WHEN OLD.state IN ('submitting', 'running', 'uncertain')
BEGIN SELECT RAISE(ABORT, 'it may have been paid for'); END;

CREATE TRIGGER attempts_are_claimed BEFORE INSERT ON attempts
WHEN NEW.outcome IS NULL AND NOT EXISTS (SELECT 1 FROM tasks WHERE id = NEW.task_id AND state = 'submitting')
BEGIN SELECT RAISE(ABORT, 'a create call belongs to a task that is submitted'); END;

CREATE TRIGGER attempts_end_once BEFORE UPDATE OF outcome, ended_at ON attempts
WHEN OLD.outcome IS NOT NULL AND (NEW.outcome IS NOT OLD.outcome OR NEW.ended_at IS NOT OLD.ended_at)
BEGIN SELECT RAISE(ABORT, 'an outcome is written once'); END;

CREATE TRIGGER attempts_stay_whose_they_are BEFORE UPDATE OF task_id, number, provider, intent_at ON attempts
WHEN NEW.task_id <> OLD.task_id OR NEW.number <> OLD.number OR NEW.provider <> OLD.provider
    OR NEW.intent_at <> OLD.intent_at
BEGIN SELECT RAISE(ABORT, 'an intent is written once'); END;

CREATE TRIGGER attempts_keep_their_remote_id BEFORE UPDATE OF remote_id ON attempts
WHEN OLD.outcome = 'accepted' AND OLD.remote_id IS NOT NULL AND NEW.remote_id IS NOT OLD.remote_id
BEGIN SELECT RAISE(ABORT, 'the provider gave another id'); END;

-- Gone with its task, or when the call provably never left this machine.
CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts
WHEN OLD.outcome IS NOT 'not-sent' AND EXISTS (SELECT 1 FROM tasks WHERE id = OLD.task_id)
BEGIN SELECT RAISE(ABORT, 'the ledger is kept'); END;

CREATE TRIGGER spend_was_for_a_call BEFORE INSERT ON spend
WHEN NOT EXISTS (SELECT 1 FROM attempts WHERE id = NEW.attempt_id)
BEGIN SELECT RAISE(ABORT, 'nothing is spent without a create call'); END;

CREATE TRIGGER spend_stays BEFORE DELETE ON spend
BEGIN SELECT RAISE(ABORT, 'what was spent stays spent'); END;
