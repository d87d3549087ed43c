-- Where a task stands in the list: when it was made, but never before one that was made earlier by a clock that was
-- ahead. What is brought from another history stands at its own time. 0 is filled in by a trigger.
ALTER TABLE tasks ADD COLUMN listed_at INTEGER NOT NULL DEFAULT 0;
UPDATE tasks SET listed_at = times.at FROM (
    SELECT id, max(created_at) OVER (PARTITION BY desk ORDER BY paste_id, id) AS at FROM tasks
) AS times WHERE times.id = tasks.id;
DROP INDEX tasks_listed;
-- The last column lets tasks be passed over without a look at the rows.
CREATE INDEX tasks_listed ON tasks (desk, listed_at DESC, paste_id DESC, id, deleted_at) WHERE deleted_at IS NULL;

ALTER TABLE tasks ADD COLUMN starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1));
ALTER TABLE tasks ADD COLUMN note TEXT CHECK (note <> '');
ALTER TABLE tasks ADD COLUMN imported_at INTEGER;
-- The user wants it although history had its video.
ALTER TABLE tasks ADD COLUMN again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1));
CREATE INDEX tasks_in_trash ON tasks (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE tags (
    task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    tag TEXT NOT NULL CHECK (tag <> ''),
    UNIQUE (task_id, tag)
);
CREATE INDEX tags_by_name ON tags (tag, task_id);

-- What is brought from another history was paid for there: it has a result and no create call here.
DROP TRIGGER tasks_begin_unpaid;
CREATE TRIGGER tasks_begin_unpaid BEFORE INSERT ON tasks
WHEN NEW.state NOT IN ('queued', 'running') AND NOT (NEW.state = 'succeeded' AND NEW.imported_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a task begins queued, running elsewhere, or ended in another history'); END;

-- How many tasks are listed, in all and by the day of listed_at (UTC, since 1970). Follows from the tasks.
CREATE TABLE listed (
    desk TEXT PRIMARY KEY,
    tasks INTEGER NOT NULL
);
CREATE TABLE listed_days (
    desk TEXT NOT NULL,
    day INTEGER NOT NULL,
    tasks INTEGER NOT NULL,
    UNIQUE (desk, day)
);
CREATE TRIGGER tasks_are_listed AFTER INSERT ON tasks
BEGIN
    INSERT INTO listed SELECT NEW.desk, 1 WHERE NEW.deleted_at IS NULL
        ON CONFLICT DO UPDATE SET tasks = tasks + 1;
    INSERT INTO listed_days SELECT NEW.desk, NEW.listed_at / 86400000, 1 WHERE NEW.deleted_at IS NULL
        ON CONFLICT DO UPDATE SET tasks = tasks + 1;
    UPDATE tasks SET listed_at = max(NEW.created_at, coalesce(
            (SELECT max(listed_at) FROM tasks WHERE desk = NEW.desk AND deleted_at IS NULL), 0
        )) WHERE id = NEW.id AND listed_at = 0;
END;
CREATE TRIGGER tasks_are_listed_no_more AFTER DELETE ON tasks WHEN OLD.deleted_at IS NULL
BEGIN
    UPDATE listed SET tasks = tasks - 1 WHERE desk = OLD.desk;
    UPDATE listed_days SET tasks = tasks - 1 WHERE desk = OLD.desk AND day = OLD.listed_at / 86400000;
END;
CREATE TRIGGER tasks_are_listed_anew AFTER UPDATE OF deleted_at, listed_at, desk ON tasks
BEGIN
    UPDATE listed SET tasks = tasks - 1 WHERE desk = OLD.desk AND OLD.deleted_at IS NULL;
    UPDATE listed_days SET tasks = tasks - 1
        WHERE desk = OLD.desk AND day = OLD.listed_at / 86400000 AND OLD.deleted_at IS NULL;
    INSERT INTO listed SELECT NEW.desk, 1 WHERE NEW.deleted_at IS NULL
        ON CONFLICT DO UPDATE SET tasks = tasks + 1;
    INSERT INTO listed_days SELECT NEW.desk, NEW.listed_at / 86400000, 1 WHERE NEW.deleted_at IS NULL
        ON CONFLICT DO UPDATE SET tasks = tasks + 1;
END;

-- What every task is found by, as tokens made in Rust (index.rs); rowid is the task's id. Follows from the tasks.
CREATE VIRTUAL TABLE words USING fts5 (
    tokens, content = '', contentless_delete = 1, tokenize = 'ascii', detail = none, prefix = '1'
);
-- Tasks of which the above is out of date: empty at the end of every transaction of ours.
CREATE TABLE unindexed (task_id INTEGER PRIMARY KEY);
CREATE TRIGGER tasks_are_indexed AFTER INSERT ON tasks
BEGIN INSERT OR IGNORE INTO unindexed VALUES (NEW.id); END;
CREATE TRIGGER tasks_are_indexed_no_more AFTER DELETE ON tasks
BEGIN INSERT OR IGNORE INTO unindexed VALUES (OLD.id); END;
CREATE TRIGGER tasks_are_indexed_anew
AFTER UPDATE OF title, author, subject, note, link_id, provider, operation, state, starred, created_at, deleted_at ON tasks
WHEN NEW.title IS NOT OLD.title OR NEW.author IS NOT OLD.author OR NEW.subject IS NOT OLD.subject
    OR NEW.note IS NOT OLD.note OR NEW.link_id IS NOT OLD.link_id OR NEW.provider <> OLD.provider
    OR NEW.operation <> OLD.operation OR NEW.starred <> OLD.starred OR NEW.created_at <> OLD.created_at
    OR NEW.deleted_at IS NOT OLD.deleted_at
    -- States in which a task is not yet done are one there.
    OR iif(NEW.state IN ('succeeded', 'failed', 'cancelled'), NEW.state, '')
        <> iif(OLD.state IN ('succeeded', 'failed', 'cancelled'), OLD.state, '')
BEGIN INSERT OR IGNORE INTO unindexed VALUES (NEW.id); END;
CREATE TRIGGER links_are_indexed_anew AFTER UPDATE OF url, platform, canonical, title ON links
WHEN NEW.url <> OLD.url OR NEW.platform <> OLD.platform OR NEW.canonical IS NOT OLD.canonical
    OR NEW.title IS NOT OLD.title
BEGIN INSERT OR IGNORE INTO unindexed SELECT id FROM tasks WHERE link_id = NEW.id; END;
CREATE TRIGGER transcripts_are_indexed AFTER INSERT ON transcripts
BEGIN INSERT OR IGNORE INTO unindexed VALUES (NEW.task_id); END;
CREATE TRIGGER transcripts_are_indexed_anew AFTER UPDATE OF task_id, text ON transcripts
BEGIN INSERT OR IGNORE INTO unindexed VALUES (OLD.task_id), (NEW.task_id); END;
CREATE TRIGGER transcripts_are_indexed_no_more AFTER DELETE ON transcripts
BEGIN INSERT OR IGNORE INTO unindexed VALUES (OLD.task_id); END;
CREATE TRIGGER tags_are_indexed AFTER INSERT ON tags
BEGIN INSERT OR IGNORE INTO unindexed VALUES (NEW.task_id); END;
CREATE TRIGGER tags_are_indexed_anew AFTER UPDATE OF task_id, tag ON tags
BEGIN INSERT OR IGNORE INTO unindexed VALUES (OLD.task_id), (NEW.task_id); END;
CREATE TRIGGER tags_are_indexed_no_more AFTER DELETE ON tags
BEGIN INSERT OR IGNORE INTO unindexed VALUES (OLD.task_id); END;

-- A version is written once, and what a provider returned goes with its task alone.
CREATE TRIGGER transcripts_are_written_once BEFORE UPDATE OF task_id, kind, text, words, incomplete ON transcripts
WHEN NEW.task_id <> OLD.task_id OR NEW.kind <> OLD.kind OR NEW.text <> OLD.text OR NEW.words <> OLD.words
    OR NEW.incomplete <> OLD.incomplete
BEGIN SELECT RAISE(ABORT, 'a version is written once'); END;
CREATE TRIGGER transcripts_of_providers_stay BEFORE DELETE ON transcripts
WHEN OLD.kind = 'provider' AND EXISTS (SELECT 1 FROM tasks WHERE id = OLD.task_id)
BEGIN SELECT RAISE(ABORT, 'what a provider returned is kept'); END;

-- What goes with a task that is deleted for ever, when no other needs it.
CREATE INDEX tasks_by_paste ON tasks (paste_id);
CREATE INDEX landings_by_video ON landings (platform, video_id);
-- By this a task without a link is known again when it is brought a second time.
CREATE INDEX tasks_without_link ON tasks (operation, created_at) WHERE link_id IS NULL;
-- What was brought from another history says nothing about how long its provider takes.
DROP INDEX tasks_ended;
CREATE INDEX tasks_ended ON tasks (provider, operation, ended_at)
    WHERE state = 'succeeded' AND submitted_at IS NOT NULL;
