//! Asking for a result once more: the addresses in it are signed and expire.

use shiwen_core::{Failure, FailureKind, Task, TaskId, TaskState};
use shiwen_providers::{Asked, Followed, Part, Step};
use shiwen_store::StoreError;

use crate::{
    Engine, EngineError,
    accounts::known,
    submit::{raw_answer, scrubbed, won},
};

impl Engine {
    /// Asks the provider for a finished task's result again, for new addresses. Costs nothing; text and state stay.
    ///
    /// # Errors
    /// [`EngineError::Refused`] when the provider no longer has it, [`StoreError::WrongState`] for a task that has not
    /// succeeded or has no id there.
    pub async fn refresh(&self, id: TaskId) -> Result<Task, EngineError> {
        let due = self.store().followed(id)?;
        let task = &due.task;
        let service = known(task.provider)?;
        let Some(remote_id) = task.remote_id.as_deref().filter(|_| is_done(task)) else {
            return Err(StoreError::WrongState.into());
        };
        let account = self.account(task.provider).await?;
        let urls: Vec<&str> = due.urls.iter().map(String::as_str).collect();
        let mut step = Step::Status;
        let (answer, raw) = loop {
            let operation = task.operation;
            let asked = Asked { operation, remote_id, step, urls: &urls, input: &due.input };
            let request = service.follow(&asked, &account).map_err(EngineError::refused)?;
            let response = self.ask(service, &request).await?;
            let now = self.now();
            let age = now.since(task.submitted_at.unwrap_or(task.created_at));
            let followed = service.read_followed(&asked, &response, age, now);
            let malformed = || Failure::new(task.provider, FailureKind::MalformedResponse);
            let raw = raw_answer("result", &request, &response);
            let failure = match (followed, step) {
                (Followed::FetchResult, Step::Status) => {
                    step = Step::Result;
                    continue;
                }
                (Followed::Succeeded(answer), _) if urls.len() < 2 => break (answer, raw),
                (Followed::Each(parts), _) => match part(parts, due.place, urls.len()) {
                    Some(Part::Succeeded(answer)) => break (answer, raw),
                    Some(Part::Failed(failure)) => failure,
                    None => malformed(),
                },
                (
                    Followed::Failed(failure)
                    | Followed::AskAgain(failure)
                    | Followed::KeyRefused(failure),
                    _,
                ) => failure,
                (Followed::Running { .. } | Followed::FetchResult | Followed::Succeeded(_), _) => {
                    malformed()
                }
            };
            return Err(EngineError::refused(scrubbed(failure, &request)));
        };
        let now = self.now();
        self.store().refreshed(id, &won(answer, now), &raw, now)?;
        Ok(self.store().task(id)?)
    }
}

fn is_done(task: &Task) -> bool {
    task.state == TaskState::Succeeded
}

/// The task's own part of an answer about several links.
fn part(mut parts: Vec<Part>, place: usize, links: usize) -> Option<Part> {
    (parts.len() == links.max(1) && place < parts.len()).then(|| parts.swap_remove(place))
}
