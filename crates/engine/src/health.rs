//! How the providers do, from the user's own history and from what was learned while tasks were followed.

use shiwen_core::{Operation, ProviderHealth, ProviderId, RecentFailure, RecentTask};
use shiwen_providers::services;
use shiwen_store::{Ended, StoreError};

use crate::Engine;

/// Failures that are told of a provider.
const FAILURES: usize = 3;

impl Engine {
    /// How each provider does, in the order of the providers' cards.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn health(&self) -> Result<Vec<ProviderHealth>, StoreError> {
        services().iter().map(|service| self.health_of(service.card().id)).collect()
    }

    fn health_of(&self, provider: ProviderId) -> Result<ProviderHealth, StoreError> {
        let record = self.store().record(provider)?;
        let usual = |operation: &Operation| {
            let usual = self.usual((provider, *operation))?;
            let seconds = usual.median().as_secs_f64().round().max(1.0);
            Some((*operation, seconds as u32))
        };
        Ok(ProviderHealth {
            provider,
            last_success: record.last_success,
            usual: Operation::ALL.iter().filter_map(usual).collect(),
            recent: record
                .recent
                .iter()
                .rev()
                .map(|ended| RecentTask { task: ended.task, state: ended.state })
                .collect(),
            failures: failures(&record.recent),
            wait: record.wait,
            queued: record.queued,
            running: record.running,
            uncertain: record.uncertain,
        })
    }
}

/// The newest of each kind, of tasks that come newest first.
fn failures(recent: &[Ended]) -> Vec<RecentFailure> {
    let mut kinds: Vec<RecentFailure> = Vec::new();
    for ended in recent {
        let Some(failure) = &ended.failure else { continue };
        match kinds.iter_mut().find(|known| known.failure.kind == failure.kind) {
            Some(known) => known.count += 1,
            None => kinds.push(RecentFailure {
                task: ended.task,
                operation: ended.operation,
                failure: failure.clone(),
                at: ended.at,
                count: 1,
            }),
        }
    }
    kinds.truncate(FAILURES);
    kinds
}

#[cfg(test)]
mod tests {
    use shiwen_core::{Failure, FailureKind, TaskId, TaskState, Timestamp};

    use super::*;

    #[test]
    fn failures_of_one_kind_are_told_once_by_their_newest() {
        use FailureKind::{Network, NotFound, QuotaExhausted, RateLimited};
        let ended = |id: u32, kind: Option<FailureKind>| Ended {
            task: TaskId(id),
            operation: Operation::Transcribe,
            state: if kind.is_some() { TaskState::Failed } else { TaskState::Succeeded },
            at: Timestamp(i64::from(id)),
            failure: kind.map(|kind| Failure::new(ProviderId::Coze, kind)),
        };
        let recent = [
            ended(9, Some(Network)),
            ended(8, None),
            ended(7, Some(NotFound)),
            ended(6, Some(Network)),
            ended(5, Some(QuotaExhausted)),
            ended(4, Some(RateLimited)),
            ended(3, Some(NotFound)),
        ];
        let told = failures(&recent);
        let told: Vec<_> = told.iter().map(|it| (it.task.0, it.failure.kind, it.count)).collect();
        assert_eq!(told, [(9, Network, 2), (7, NotFound, 2), (5, QuotaExhausted, 1)]);
    }
}
