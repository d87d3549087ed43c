-- Where a task stands in the list: when it was made, but never before one that was made earlier by a clock that was
-- ahead. What is brought from another history stands at its own time.
ALTER TABLE tasks ADD COLUMN listed_at INTEGER NOT NULL DEFAULT 0;
UPDATE tasks SET listed_at = times.at FROM (
    SELECT id, max(created_at) OVER (ORDER BY paste_id, id) AS at FROM tasks
) AS times WHERE times.id = tasks.id;
DROP INDEX tasks_listed;
CREATE INDEX tasks_listed ON tasks (desk, listed_at DESC, paste_id DESC, id) WHERE deleted_at IS NULL;

ALTER TABLE tasks ADD COLUMN starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1));
ALTER TABLE tasks ADD COLUMN note TEXT CHECK (note <> '');
ALTER TABLE tasks ADD COLUMN imported_at INTEGER;
-- The user wants it although history had its video.
ALTER TABLE tasks ADD COLUMN again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1));
CREATE INDEX tasks_starred ON tasks (id) WHERE starred = 1;
CREATE INDEX tasks_in_trash ON tasks (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE tags (
    task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    tag TEXT NOT NULL CHECK (tag <> ''),
    PRIMARY KEY (task_id, tag)
) WITHOUT ROWID;
CREATE INDEX tags_by_name ON tags (tag, task_id);

-- What is brought from another history was paid for there: it has a result and no create call here.
DROP TRIGGER tasks_begin_unpaid;
CREATE TRIGGER tasks_begin_unpaid BEFORE INSERT ON tasks
WHEN NEW.state NOT IN ('queued', 'running') AND NOT (NEW.state = 'succeeded' AND NEW.imported_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a task begins queued, running elsewhere, or ended in another history'); END;
