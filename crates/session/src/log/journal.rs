//! The life of tasks for the log: numbers, states and outcomes, no words.

use std::{collections::HashMap, time::Duration};

use shiwen_core::{Failure, Task, TaskChange, TaskId, TaskState, Timestamp, WaitReason};
use shiwen_store::{Call, Store};
use tokio::sync::broadcast::error::RecvError;

/// A task that ended longer ago is announced for another reason, e.g. since it was starred.
const JUST_NOW: Duration = Duration::from_secs(10);
/// Longer ids are none that a service gives out.
const LONGEST: usize = 80;

type Known = HashMap<TaskId, (TaskState, Option<WaitReason>)>;

/// Says what becomes of the tasks, for as long as it is let: it holds the history.
pub async fn journal(store: Store) {
    let mut changes = store.changes();
    let mut known = Known::new();
    loop {
        match changes.recv().await {
            Ok(TaskChange::Saved { task }) => {
                let before = known.get(&task.id).map(|(state, _)| *state);
                if !note(&task, &mut known) || before != Some(TaskState::Submitting) {
                    continue;
                }
                if let Ok(Some(call)) = store.last_call(task.id) {
                    note_call(&call);
                }
            }
            Ok(TaskChange::Removed { id }) => {
                known.remove(&id);
            }
            Ok(TaskChange::Reload) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Says the task's state if that is news. Answers whether it was.
fn note(task: &Task, known: &mut Known) -> bool {
    let now = (task.state, task.wait.map(|wait| wait.reason));
    let before = known.get(&task.id);
    let ended_before =
        task.ended_at.is_some_and(|at| Timestamp::now().since(at) > JUST_NOW) && before.is_none();
    if before == Some(&now) || ended_before {
        return false;
    }
    match task.ended_at {
        Some(_) => known.remove(&task.id),
        None => known.insert(task.id, now),
    };
    let (state, wait) = (task.state.as_str(), now.1.map(WaitReason::as_str));
    let (provider, operation) = (task.provider.as_str(), task.operation.as_str());
    let remote = task.remote_id.as_deref().map(plain);
    match &task.failure {
        None => tracing::info!(task = %task.id, provider, operation, state, wait, remote, "task"),
        Some(failure) => {
            let Told { kind, http_status, code, trace } = told(failure);
            tracing::info!(
                task = %task.id, provider, operation, state, wait, remote, kind, http_status, code, trace, "task"
            );
        }
    }
    true
}

fn note_call(call: &Call) {
    let (provider, operation) = (call.provider.as_str(), call.operation.as_str());
    let outcome = call.outcome.map_or("open", |outcome| outcome.as_str());
    let ms = call.ended_at.map(|end| end.since(call.intent_at).as_millis() as u64);
    let remote = call.remote_id.as_deref().map(plain);
    let attempt = call.number;
    let Told { kind, http_status, code, trace } = match &call.failure {
        Some(failure) => told(failure),
        None => Told::default(),
    };
    tracing::info!(
        task = %call.task, attempt, provider, operation, outcome, ms, remote, kind, http_status, code, trace, "create call"
    );
}

/// What may be said of a failure: never its message, which may repeat what was sent.
#[derive(Default)]
struct Told<'a> {
    kind: Option<&'static str>,
    http_status: Option<u16>,
    code: Option<&'a str>,
    trace: Option<&'a str>,
}

fn told(failure: &Failure) -> Told<'_> {
    Told {
        kind: Some(failure.kind.as_str()),
        http_status: failure.http_status,
        code: failure.code.as_deref().map(plain),
        trace: failure.trace_id.as_deref().map(plain),
    }
}

/// An id or code of a service as it is, unless it could be a text.
pub fn plain(id: &str) -> &str {
    let is_id = id.len() <= LONGEST
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    if is_id { id } else { "(unfit)" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_said_and_a_text_is_not() {
        for id in ["task_ab12", "20260101ABCDEF", "cgt-2026.1:7"] {
            assert_eq!(plain(id), id);
        }
        for text in ["", "红烧肉", "two words", "https://v.douyin.com/a", &"a".repeat(81)] {
            assert_eq!(plain(text), "(unfit)");
        }
    }
}
