//! Where tasks come to rest, and what must hold of every one that does.

use std::time::{Duration, Instant};

use shiwen_core::{Charged, FailureKind, Outcome, Task, TaskId, TaskState, WaitReason};
use shiwen_engine::Engine;

/// Where a task comes to rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rest {
    Done,
    /// Failed with this kind; whether it cost money.
    Failed(FailureKind, Charged),
    Uncertain,
    /// As uncertain, and the provider's own list proved that nothing came of it.
    Absent,
    /// In doubt at first, then found in the provider's own list, and done.
    Found,
    /// Goes on, or waits for something that this test does not wait for.
    Waits(TaskState, Option<WaitReason>),
}

pub(crate) const FREE: Charged = Charged::No;
pub(crate) const MAYBE: Charged = Charged::Unknown;
/// Asked again and again: nothing that was said ends it.
pub(crate) const RUNS_ON: Rest = Rest::Waits(TaskState::Running, None);

impl Rest {
    pub(crate) fn is(self, task: &Task) -> bool {
        match self {
            Self::Done | Self::Found => task.state == TaskState::Succeeded,
            Self::Uncertain => task.state == TaskState::Uncertain && !task.not_there,
            Self::Absent => task.state == TaskState::Uncertain && task.not_there,
            Self::Failed(kind, charged) => {
                let failure = task.failure.as_ref();
                task.state == TaskState::Failed
                    && failure.is_some_and(|it| it.kind == kind && it.charged == charged)
            }
            Self::Waits(state, reason) => {
                task.state == state && task.wait.map(|wait| wait.reason) == reason
            }
        }
    }

    /// How the last create call of such a task ended.
    fn outcome(self) -> Outcome {
        match self {
            Self::Done | Self::Failed(_, MAYBE) | Self::Waits(TaskState::Running, _) => {
                Outcome::Accepted
            }
            Self::Uncertain | Self::Absent | Self::Found => Outcome::Unknown,
            Self::Failed(..) | Self::Waits(..) => Outcome::Rejected,
        }
    }
}

/// What the ledger says of a task that came to rest after so many create calls: all but the last were refused, and the
/// last one ended as the task did.
pub(crate) fn check_ledger(engine: &Engine, task: &Task, rest: Rest, creates: usize, about: &str) {
    let attempts = engine.store().detail(task.id).unwrap().attempts;
    let outcomes: Vec<_> = attempts.iter().map(|attempt| attempt.outcome.unwrap()).collect();
    let mut expected = vec![Outcome::Rejected; creates - 1];
    expected.push(rest.outcome());
    assert_eq!(outcomes, expected, "{about}");
    let failed = match rest {
        Rest::Done | Rest::Found | Rest::Waits(..) => false,
        Rest::Failed(..) | Rest::Uncertain | Rest::Absent => true,
    };
    assert_eq!(task.failure.is_some(), failed, "{about}");
}

/// Waits until a task came to rest as expected.
pub(crate) async fn rested(engine: &Engine, id: TaskId, rest: Rest, about: &str) -> Task {
    until(engine, id, |task| rest.is(task), about).await
}

/// Waits until a task is as wanted.
pub(crate) async fn until(
    engine: &Engine,
    id: TaskId,
    wanted: impl Fn(&Task) -> bool,
    about: &str,
) -> Task {
    let deadline = Instant::now() + Duration::from_secs(50);
    loop {
        let task = engine.store().task(id).unwrap();
        if wanted(&task) {
            return task;
        }
        let (state, wait) = (task.state, task.wait);
        assert!(Instant::now() < deadline, "{about}: {state:?} {wait:?} {:?}", task.failure);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
