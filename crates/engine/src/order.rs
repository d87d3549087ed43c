//! What the user asks for with a form, and what was begun elsewhere and is only followed here.

use shiwen_core::{
    Collection, Entry, Fault, FaultKind, Form, Input, NewTask, Operation, Order, Output,
    ProviderId, TaskId, TaskState,
};
use shiwen_providers::{Service, services};
use shiwen_store::StoreError;

use crate::{Engine, EngineError, accounts::known, detect::remote_id};

/// The field of an edit that names the work to be edited.
const EDITED: &str = "videoId";

impl Engine {
    /// What the operations of all providers take besides a link.
    pub fn forms(&self) -> Vec<Form> {
        services().iter().flat_map(|service| service.forms()).cloned().collect()
    }

    /// What the providers keep for the user.
    pub fn collections(&self) -> Vec<Collection> {
        services().iter().flat_map(|service| service.collections()).cloned().collect()
    }

    /// Queues what was filled into a form, and answers at once.
    ///
    /// # Errors
    /// [`EngineError::Faults`] when it cannot be sent like this, an edit of a work that is not there included; nothing
    /// is queued then.
    pub fn order(&self, order: &Order) -> Result<TaskId, EngineError> {
        let service = known(order.provider)?;
        if order.operation.takes_link() {
            return Err(EngineError::NotOffered(order.provider));
        }
        self.is_offered(service, order.operation)?;
        let mut faults = self.faults(service, order.operation, &order.input);
        let edits = matches!(order.operation, Operation::Captions | Operation::Overlay);
        if edits && !faults.iter().any(|fault| fault.field == EDITED) && !self.is_there(order)? {
            let kind = FaultKind::NotOffered;
            faults.push(Fault { field: EDITED.to_owned(), kind, limit: None });
        }
        if !faults.is_empty() {
            return Err(EngineError::Faults(faults));
        }
        let task = NewTask {
            operation: order.operation,
            provider: order.provider,
            link: None,
            input: order.input.clone(),
            parent: order.parent.filter(|_| edits),
            target_language: None,
            again: true,
            then: Vec::new(),
        };
        let added = self.store().add_tasks("", &[task], self.now())?;
        Ok(added.first().copied().ok_or(StoreError::TaskGone)?)
    }

    /// Follows a task that was begun elsewhere by its id at the provider. Costs nothing. Answers the task that history
    /// already has for that id where there is one.
    ///
    /// # Errors
    /// [`EngineError::NotOffered`] where the provider has nothing to follow, [`EngineError::InvalidId`] when it cannot
    /// be an id.
    pub fn follow_remote(
        &self,
        provider: ProviderId,
        operation: Operation,
        id: &str,
    ) -> Result<TaskId, EngineError> {
        let service = known(provider)?;
        let runs_for_a_while = matches!(
            operation,
            Operation::Transcribe
                | Operation::Resolve
                | Operation::GenerateVideo
                | Operation::GenerateImage
                | Operation::GenerateMusic
        );
        if !runs_for_a_while {
            return Err(EngineError::NotOffered(provider));
        }
        self.is_offered(service, operation)?;
        let id = remote_id(id)?;
        Ok(self.store().add_followed(provider, operation, id, self.now())?)
    }

    pub(crate) fn is_offered(
        &self,
        service: &'static dyn Service,
        operation: Operation,
    ) -> Result<(), EngineError> {
        let card = service.card();
        if !card.operations.contains(&operation) {
            return Err(EngineError::NotOffered(card.id));
        }
        if !self.provider(card.id)?.ready {
            return Err(EngineError::NotReady(card.id));
        }
        Ok(())
    }

    /// Everything that is wrong with what was filled in for an operation.
    pub(crate) fn faults(
        &self,
        service: &dyn Service,
        operation: Operation,
        input: &Input,
    ) -> Vec<Fault> {
        match service.forms().iter().find(|form| form.operation == Some(operation)) {
            Some(form) => service.faults(form, input, self.now()),
            // It takes nothing more than its link.
            None => input
                .keys()
                .map(|name| Fault { field: name.clone(), kind: FaultKind::Unknown, limit: None })
                .collect(),
        }
    }

    /// Whether the work that is to be edited is one that its task gave.
    fn is_there(&self, order: &Order) -> Result<bool, EngineError> {
        let Some(parent) = order.parent else { return Ok(false) };
        let detail = match self.store().detail(parent) {
            Ok(detail) => detail,
            Err(StoreError::TaskGone) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let wanted = match order.input.get(EDITED) {
            Some(Entry::Text(id)) => id.trim(),
            _ => return Ok(false),
        };
        let works = match &detail.output {
            Some(Output::Works { works }) => works.as_slice(),
            _ => &[],
        };
        Ok(detail.task.provider == order.provider
            && detail.task.state == TaskState::Succeeded
            && works.iter().any(|work| work.remote_id.as_deref() == Some(wanted)))
    }
}
