//! Asking after several tasks with one call, where a provider can list them.

use shiwen_core::{Charged, Failure, FailureKind};
use shiwen_http::Response;
use shiwen_providers::Service;
use shiwen_store::{DueTask, StoreError};

use crate::{Engine, failures, submit::scrubbed};

/// Tasks that one list is asked for.
const MOST: u32 = 100;

impl Engine {
    /// The tasks of the same kind as `due` that are asked after with it in one call; none where it is asked after by
    /// itself.
    pub(crate) fn listed_with(
        &self,
        service: &'static dyn Service,
        due: &DueTask,
    ) -> Result<Option<Vec<DueTask>>, StoreError> {
        let task = &due.task;
        let by_itself = {
            let learned = self.learned();
            learned.unlisted.contains(&task.id)
                || learned.without_list.contains(&(task.provider, task.operation))
        };
        if by_itself || task.batch.is_some() || !service.lists(task.operation) {
            return Ok(None);
        }
        let mut all = self.store().running_of(task.provider, task.operation, MOST)?;
        let (out, learned) = (self.out(), self.learned());
        all.retain(|it| !out.contains_key(&it.task.id) && !learned.unlisted.contains(&it.task.id));
        Ok((all.len() > 1).then_some(all))
    }

    /// Asks for the list, and keeps what it says of these tasks. One that it does not name is asked after by its id
    /// from now on.
    pub(crate) async fn follow_many(
        &self,
        service: &'static dyn Service,
        tasks: &[DueTask],
    ) -> Result<(), StoreError> {
        let Some(first) = tasks.first().map(|due| &due.task) else { return Ok(()) };
        let account = match self.account(first.provider).await {
            Ok(account) => account,
            Err(error) => return self.keyless(service, tasks, &error),
        };
        let request = match service.follow_many(first.operation, &account) {
            Ok(request) => request,
            Err(failure) => return self.unlistable(service, tasks, &failure, None),
        };
        let response = match self.inner.parts.transport.send(&request).await {
            Ok(response) => response,
            Err(error) if error.cause().is_offline() && self.inner.network.is_offline() => {
                return Ok(());
            }
            Err(error) => {
                let failure = failures::unanswered(first.provider, &error, Charged::No);
                return self.all_again(service, tasks, &failure, None);
            }
        };
        self.heed(service, &response);
        let listed = match service.read_many(first.operation, &response, self.now()) {
            Ok(listed) => listed,
            Err(failure) => {
                let failure = scrubbed(failure, &request);
                return self.unlistable(service, tasks, &failure, Some(&response));
            }
        };
        let mut listed: std::collections::HashMap<_, _> =
            listed.into_iter().map(|it| (it.remote_id.clone(), it)).collect();
        for due in tasks {
            let named = due.task.remote_id.as_ref().and_then(|id| listed.remove(id));
            let Some(named) = named else {
                self.learned().unlisted.insert(due.task.id);
                continue;
            };
            let about = Response { body: named.body, ..response.clone() };
            match self.heard(service, due, named.followed, (&request, &about)) {
                // The user decided otherwise while the call was out.
                Ok(()) | Err(StoreError::WrongState | StoreError::TaskGone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// There is no list to be had: a refusal that every call would meet counts for all, else they are asked one by one.
    fn unlistable(
        &self,
        service: &'static dyn Service,
        tasks: &[DueTask],
        failure: &Failure,
        response: Option<&Response>,
    ) -> Result<(), StoreError> {
        match failure.kind {
            FailureKind::RateLimited | FailureKind::Network | FailureKind::ProviderInternal => {
                self.all_again(service, tasks, failure, response)
            }
            // Whether the key is refused for their tasks too is for them to say.
            _ => {
                tracing::info!(%failure, "tasks are asked after one by one");
                let kinds = tasks.iter().map(|due| (due.task.provider, due.task.operation));
                self.learned().without_list.extend(kinds);
                Ok(())
            }
        }
    }

    pub(crate) fn all_again(
        &self,
        service: &'static dyn Service,
        tasks: &[DueTask],
        failure: &Failure,
        response: Option<&Response>,
    ) -> Result<(), StoreError> {
        for due in tasks {
            match self.ask_again(service, due, failure, response) {
                Ok(()) | Err(StoreError::WrongState | StoreError::TaskGone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
