//! A task moves on to the next provider that the user approved: only after its own provably started nothing, in the
//! transaction that writes this down.

use std::collections::BTreeMap;

use rusqlite::{Connection, named_params};
use shiwen_core::{AttemptId, Failure, Outcome, ProviderId, TaskId, Timestamp, Wait, WaitReason};

use crate::{
    RawAnswer, Store, StoreError, batch, row,
    submit::{end_call, json, keep},
    write::Write,
};

/// Where a task goes after its provider started nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct HandOver {
    /// The first of its approved providers that can do it; none where none can.
    pub to: Option<ProviderId>,
    /// Those before it, which were not asked, and why.
    pub passed_over: Vec<Failure>,
}

impl Store {
    /// The provider's own answer says that nothing was started (`Rejected`), or the last of many tries never left this
    /// machine (`NotSent`). Each task of the call goes where `hand_over` says, by itself; without a next provider it
    /// fails, or waits for the user where nothing was sent.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] for any other outcome, and for a provider that the user did not approve; nothing is
    /// written then.
    pub fn handed_over(
        &self,
        attempt: AttemptId,
        outcome: Outcome,
        failure: &Failure,
        answer: Option<&RawAnswer>,
        hand_over: &BTreeMap<TaskId, HandOver>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !matches!(outcome, Outcome::NotSent | Outcome::Rejected) {
            return Err(StoreError::WrongState);
        }
        self.write_outcome(|write| {
            let call = end_call(write, attempt, outcome, Some(failure), now)?;
            for (_, id) in &call {
                let next = hand_over.get(id);
                if let Some(next) = next {
                    note(write, *id, &next.passed_over)?;
                }
                match next.and_then(|next| next.to) {
                    Some(to) => move_on(write, *id, to, "submitting")?,
                    None if outcome == Outcome::Rejected => {
                        let sql = "UPDATE tasks SET state = 'failed', failure = ?2, ended_at = ?3, sends = 0
                                   WHERE id = ?1 AND state = 'submitting'";
                        write.step(*id, sql, (id.0, json(failure)?, now.0))?;
                    }
                    None => {
                        let sql = "UPDATE tasks SET state = 'queued', submitted_at = NULL, wait_reason = ?2,
                                     wait_until = NULL, sends = sends + 1 WHERE id = ?1 AND state = 'submitting'";
                        write.step(*id, sql, (id.0, WaitReason::GaveUpSending.as_str()))?;
                    }
                }
            }
            match answer {
                Some(answer) => keep(write, &call, answer, now),
                None => Ok(()),
            }
        })
    }

    /// A queued task's provider cannot be used at all, e.g. since its key is gone: it goes on alone; where there is no
    /// next provider it waits.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when it is no longer queued, or for a provider that the user did not approve.
    pub fn hand_on(&self, id: TaskId, next: &HandOver, wait: Wait) -> Result<(), StoreError> {
        self.write(|write| {
            note(write, id, &next.passed_over)?;
            let Some(to) = next.to else {
                let sql = "UPDATE tasks SET wait_reason = ?2, wait_until = ?3 WHERE id = ?1 AND state = 'queued'";
                let until = wait.until.map(|until| until.0);
                return write.step(id, sql, (id.0, wait.reason.as_str(), until));
            };
            batch::leave(write, id)?;
            move_on(write, id, to, "queued")
        })
    }
}

/// From a state in which nothing is out. What was approved before `to` and is passed over is used up with it.
fn move_on(
    write: &mut Write<'_>,
    id: TaskId,
    to: ProviderId,
    from: &'static str,
) -> Result<(), StoreError> {
    let sql = "SELECT then_providers FROM tasks WHERE id = ?1";
    let then: Option<Vec<ProviderId>> = write
        .tx
        .prepare_cached(sql)?
        .query_row([id.0], |row| row::json_or_none(row, "then_providers"))?;
    let then = then.unwrap_or_default();
    let place = then.iter().position(|it| *it == to).ok_or(StoreError::WrongState)?;
    let sql = "UPDATE tasks SET state = 'queued', provider = :to, then_providers = :then, batch = NULL, sends = 0,
                 failure = NULL, submitted_at = NULL, wait_reason = NULL, wait_until = NULL
               WHERE id = :id AND state = :from";
    let params = named_params! {
        ":id": id.0,
        ":to": to.as_str(),
        ":then": json(&then.get(place + 1..).unwrap_or_default())?,
        ":from": from,
    };
    write.step(id, sql, params)
}

/// What was said before of the same providers gives way.
fn note(write: &Write<'_>, id: TaskId, passed_over: &[Failure]) -> Result<(), StoreError> {
    if passed_over.is_empty() {
        return Ok(());
    }
    let mut all = self::passed_over(&write.tx, id)?;
    all.retain(|before| passed_over.iter().all(|it| it.provider != before.provider));
    all.extend(passed_over.iter().cloned());
    let sql = "UPDATE tasks SET passed_over = ?2 WHERE id = ?1";
    write.tx.prepare_cached(sql)?.execute((id.0, json(&all)?))?;
    Ok(())
}

/// Providers of the task that were not asked, and why.
pub(crate) fn passed_over(connection: &Connection, id: TaskId) -> Result<Vec<Failure>, StoreError> {
    let sql = "SELECT passed_over FROM tasks WHERE id = ?1";
    let noted = connection
        .prepare_cached(sql)?
        .query_row([id.0], |row| row::json_or_none(row, "passed_over"))?;
    Ok(noted.unwrap_or_default())
}
