-- What the user calls several links that were pasted together, and whether the rest of them waits.
ALTER TABLE pastes ADD COLUMN name TEXT CHECK (name <> '');
ALTER TABLE pastes ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));
-- Rows that say all of their columns are known as pastes again when their table is damaged.
UPDATE pastes SET paused = 0;
-- Nearly always empty: the queue is looked through with it again and again.
CREATE INDEX pastes_paused ON pastes (paused) WHERE paused = 1;

CREATE TRIGGER tasks_of_a_paused_paste_wait BEFORE UPDATE OF state ON tasks
WHEN NEW.state = 'submitting' AND OLD.state <> 'submitting'
    AND EXISTS (SELECT 1 FROM pastes WHERE id = NEW.paste_id AND paused = 1)
BEGIN SELECT RAISE(ABORT, 'the user paused it'); END;
