//! Moving due times when the clock or the network moved under them. No state of a task changes here.

use rusqlite::{Params, named_params};
use shiwen_core::{Operation, ProviderId, TaskId, Timestamp};

use crate::{Store, StoreError, row::select_task, tasks::DueTask, write::Write};

/// Waits longer than this are not ours, or are counted from a clock that was wrong.
const LONGEST_WAIT_MS: i64 = 10 * 60 * 1000;
/// Over so many milliseconds the questions spread that all come due at once.
const SPREAD_MS: i64 = 2000;
/// Tasks older than this are asked only when the user wants it.
const PATIENCE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

impl Store {
    /// Every running task of a provider is to be asked within seconds, each once, though never before it is `floor_ms`
    /// old; what waited for a passing trouble waits no longer than that can take. For a start, and for a wake from
    /// sleep.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn look_again(
        &self,
        provider: ProviderId,
        floor_ms: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET next_poll_at = max(:now + id % :spread, min(coalesce(submitted_at, 0), :now) + :floor)
                       WHERE provider = :provider AND state = 'running' AND coalesce(wait_reason, '') <> 'key'
                         AND coalesce(next_poll_at, :now + :patience) > max(:now + id % :spread, min(coalesce(submitted_at, 0), :now) + :floor)
                         AND (next_poll_at IS NOT NULL OR submitted_at > :now - :patience)";
            write.tx.prepare_cached(sql)?.execute(named_params! {
                ":provider": provider.as_str(),
                ":now": now.0,
                ":spread": SPREAD_MS,
                ":floor": floor_ms,
                ":patience": PATIENCE_MS,
            })?;
            let sql = "UPDATE tasks SET wait_until = ?2 WHERE provider = ?1 AND state = 'queued' AND wait_until > ?2
                         AND wait_until > ?2 + ?3 AND wait_reason IN ('rate', 'slot', 'offline', 'not_sent') RETURNING id";
            for id in ids(write, sql, (provider.as_str(), now.0, LONGEST_WAIT_MS))? {
                write.changed(id);
            }
            Ok(())
        })
    }

    /// The clock was set back by `by_ms`: what was due then is due as long from now as it was before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_back(&self, by_ms: i64) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET next_poll_at = next_poll_at - ?1 WHERE state = 'running'";
            write.tx.prepare_cached(sql)?.execute([by_ms])?;
            let sql = "UPDATE tasks SET wait_until = wait_until - ?1 WHERE state IN ('queued', 'running')
                         AND wait_until > 0 AND wait_reason IN ('rate', 'slot', 'offline', 'not_sent') RETURNING id";
            for id in ids(write, sql, [by_ms])? {
                write.changed(id);
            }
            Ok(())
        })
    }

    /// There is a network again: what waited for one may go.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn back_online(&self) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET wait_reason = NULL, wait_until = NULL
                       WHERE state = 'queued' AND wait_reason = 'offline' RETURNING id";
            for id in ids(write, sql, [])? {
                write.changed(id);
            }
            Ok(())
        })
    }

    /// Running tasks of one kind that are asked by themselves, the longest without an answer first. Those that share a
    /// create call are not among them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn running_of(
        &self,
        provider: ProviderId,
        operation: Operation,
        limit: u32,
    ) -> Result<Vec<DueTask>, StoreError> {
        let sql = select_task!(
            "WHERE t.state = 'running' AND t.provider = ?1 AND t.operation = ?2 AND t.next_poll_at IS NOT NULL
               AND coalesce(t.wait_reason, '') <> 'key' AND t.batch IS NULL
             ORDER BY t.next_poll_at, t.id LIMIT ?3"
        );
        self.due(sql, (provider.as_str(), operation.as_str(), limit))
    }
}

fn ids(write: &Write<'_>, sql: &str, params: impl Params) -> Result<Vec<TaskId>, StoreError> {
    let mut statement = write.tx.prepare_cached(sql)?;
    let ids = statement.query_map(params, |row| row.get(0).map(TaskId))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use shiwen_core::{
        Input, Link, LinkKind, NewTask, Outcome, Platform, TaskState, Unit, Wait, WaitReason,
    };
    use tempfile::TempDir;

    use super::*;
    use crate::{Poll, RawAnswer, Spent};

    const PROVIDER: ProviderId = ProviderId::Coze;
    const NOW: Timestamp = Timestamp(1_790_000_000_000);
    const HOUR: i64 = 3_600_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp(NOW.0 + ms)
    }

    /// A history with so many queued tasks.
    fn queued(count: usize) -> (TempDir, Store, Vec<TaskId>) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let wish = |id: usize| NewTask {
            operation: Operation::Transcribe,
            provider: PROVIDER,
            link: Some(Link {
                url: format!("https://v.example/{id}"),
                platform: Platform::Douyin,
                kind: LinkKind::Video,
                id: Some(id.to_string()),
                canonical: None,
                title: None,
            }),
            input: Input::new(),
            parent: None,
            target_language: None,
            again: false,
            then: Vec::new(),
        };
        let ids = store.add_tasks("x", &(0..count).map(wish).collect::<Vec<_>>(), NOW).unwrap();
        (folder, store, ids)
    }

    fn run(store: &Store, id: TaskId, next: Timestamp) {
        let spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: true };
        let answer = RawAnswer { asked: "create", http_status: 200, body: Vec::new() };
        let attempt = store.claim(id, NOW).unwrap().attempt;
        store.accepted(attempt, &format!("r{}", id.0), next, &spent, &answer, NOW).unwrap();
    }

    fn due(store: &Store, now: Timestamp) -> usize {
        store.due_to_follow(now, 100).unwrap().len()
    }

    #[test]
    fn after_a_wake_everything_is_due_within_seconds_but_nothing_before_its_floor() {
        let (_folder, store, ids) = queued(3);
        run(&store, ids[0], at(HOUR));
        run(&store, ids[1], at(500));
        run(&store, ids[2], at(HOUR));
        store.cancel(ids[2], NOW).unwrap();
        store.look_again(PROVIDER, 10_000, at(20_000)).unwrap();
        assert_eq!(due(&store, at(20_000 + SPREAD_MS)), 2);
        // What is due anyway stays so, and the next wake makes nothing due twice.
        assert_eq!(store.task(ids[2]).unwrap().state, TaskState::Cancelled);

        store.look_again(PROVIDER, 60_000, at(21_000)).unwrap();
        assert_eq!(due(&store, at(59_999)), 2, "nothing is put off");
    }

    #[test]
    fn what_is_asked_only_on_demand_stays_so_once_it_is_a_week_old() {
        let (_folder, store, ids) = queued(1);
        run(&store, ids[0], at(0));
        let poll =
            Poll { progress: None, next_poll_at: None, fetching: false, stalled: true, bad: false };
        store.polled(ids[0], &poll).unwrap();
        store.look_again(PROVIDER, 0, at(8 * 24 * HOUR)).unwrap();
        assert_eq!(due(&store, at(9 * 24 * HOUR)), 0);
        // Younger than that it got there by a clock that was wrong.
        store.look_again(PROVIDER, 0, at(HOUR)).unwrap();
        assert_eq!(due(&store, at(HOUR + SPREAD_MS)), 1);
    }

    #[test]
    fn a_clock_that_was_set_back_leaves_every_wait_as_long_as_it_was() {
        let (_folder, store, ids) = queued(3);
        run(&store, ids[0], at(10_000));
        let wait = |reason, ms| Wait { reason, until: Some(at(ms)) };
        store.wait(ids[1], wait(WaitReason::Rate, 30_000)).unwrap();
        store.wait(ids[2], wait(WaitReason::DailyLimit, 30_000)).unwrap();
        store.set_back(HOUR).unwrap();
        assert_eq!(store.next_due(at(-HOUR)).unwrap().0, Some(at(10_000 - HOUR)));
        assert_eq!(store.task(ids[1]).unwrap().wait.unwrap().until, Some(at(30_000 - HOUR)));
        assert_eq!(store.task(ids[2]).unwrap().wait.unwrap().until, Some(at(30_000)));
    }

    #[test]
    fn no_passing_trouble_is_waited_out_longer_than_it_can_last() {
        let (_folder, store, ids) = queued(2);
        store.wait(ids[0], Wait { reason: WaitReason::Rate, until: Some(at(HOUR)) }).unwrap();
        store.wait(ids[1], Wait { reason: WaitReason::Rate, until: Some(at(60_000)) }).unwrap();
        store.look_again(PROVIDER, 0, NOW).unwrap();
        let free: Vec<_> = store.due_to_submit(PROVIDER, NOW, 9).unwrap();
        assert_eq!(free.iter().map(|due| due.task.id).collect::<Vec<_>>(), [ids[0]]);
    }

    #[test]
    fn with_a_network_only_those_go_on_that_waited_for_it() {
        let (_folder, store, ids) = queued(2);
        let attempt = store.claim(ids[0], NOW).unwrap().attempt;
        let failure = shiwen_core::Failure::new(PROVIDER, shiwen_core::FailureKind::Network);
        let wait = Wait { reason: WaitReason::Offline, until: Some(at(HOUR)) };
        store.sent_back(attempt, Outcome::NotSent, &failure, wait, NOW).unwrap();
        store.wait(ids[1], Wait { reason: WaitReason::Rate, until: Some(at(HOUR)) }).unwrap();
        store.back_online().unwrap();
        assert_eq!(store.task(ids[0]).unwrap().wait, None);
        assert!(store.task(ids[1]).unwrap().wait.is_some());
    }

    #[test]
    fn the_jobs_of_one_kind_come_without_batches_and_those_of_other_kinds() {
        let (_folder, store, ids) = queued(2);
        run(&store, ids[0], at(5));
        run(&store, ids[1], at(3));
        let of = |operation| {
            let found = store.running_of(PROVIDER, operation, 9).unwrap();
            found.into_iter().map(|due| due.task.id).collect::<Vec<_>>()
        };
        assert_eq!(of(Operation::Transcribe), [ids[1], ids[0]]);
        assert_eq!(of(Operation::Resolve), []);
    }
}
