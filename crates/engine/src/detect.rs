//! From a pasted text to tasks: what was found, what history already has, what the user wants.

use std::collections::HashMap;

use shiwen_core::{
    Chip, Detection, Fault, FaultKind, Input, NewTask, Operation, Submission, TaskId,
};
use shiwen_providers::Service;
use shiwen_share_text::{Found, extract, notice};

use crate::{Engine, EngineError, accounts::known};

impl Engine {
    /// The links of a text with what history has for each, and why there are none where there are none. A short link
    /// is shown as what it is known to lead to; links of one video are one.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn detect(&self, text: &str, operation: Operation) -> Result<Detection, EngineError> {
        let found = extract(text);
        let mut chips: Vec<Chip> = Vec::with_capacity(found.len());
        let mut duplicates = 0;
        let mut places = HashMap::new();
        for found in &found {
            duplicates += found.appearances.saturating_sub(1);
            let link = self.store().landed(found.link.clone())?;
            let key = link.video_key();
            let not_a_work = !link.kind.is_work();
            // Two links of one video are one chip, which would be paid for once. Ids of other things may be alike.
            if !not_a_work && let Some(place) = places.get(&key).copied() {
                let first: &mut Chip = &mut chips[place];
                first.link.title = first.link.title.take().or(link.title);
                duplicates += 1;
                continue;
            }
            let known = self.store().known(&key, operation, None)?;
            if !not_a_work {
                places.insert(key, chips.len());
            }
            chips.push(Chip { link, known, not_a_work });
        }
        Ok(Detection {
            chips,
            duplicates,
            notice: notice(text, &found),
            spans: utf16_spans(text, &found),
        })
    }

    /// Queues the tasks that the user asked for and answers at once. Those that are to go out together share create
    /// calls of as many links as the provider takes.
    ///
    /// # Errors
    /// When a link is not in the text, a provider of the order cannot do it or stands in it twice, or what was filled in
    /// cannot be sent; nothing is queued then.
    pub fn create_tasks(&self, submission: &Submission) -> Result<Vec<TaskId>, EngineError> {
        let service = known(submission.provider)?;
        self.is_offered(service, submission.operation)?;
        let chain = chain(submission)?;
        let faults = self.faults_over(&chain, submission.operation, &submission.input);
        if !faults.is_empty() {
            return Err(EngineError::Faults(faults));
        }
        let found = extract(&submission.share_text);
        let tasks = submission
            .urls
            .iter()
            .map(|url| {
                let found =
                    found.iter().find(|found| found.link.url == *url).ok_or(EngineError::NoLink)?;
                Ok(NewTask {
                    operation: submission.operation,
                    provider: submission.provider,
                    link: Some(found.link.clone()),
                    input: submission.input.clone(),
                    parent: None,
                    target_language: submission.target_language.clone(),
                    again: submission.again.contains(url),
                    then: submission.then.clone(),
                })
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        if tasks.is_empty() {
            return Err(EngineError::NoLink);
        }
        let most = if submission.together { service.card().batch } else { 1 };
        let ids = self.store().add_together(&submission.share_text, &tasks, most, self.now())?;
        // Who is not to follow their links now is not to do so later, in another run, either.
        if self.leaves_links()
            && let Err(error) = self.store().want_anyway(&ids)
        {
            tracing::warn!(%error, "that links are to be left alone could not be kept");
        }
        Ok(ids)
    }

    /// Everything that is wrong with what was filled in for providers that share one input: a field has to be known to
    /// one of them, and right for each that knows it.
    fn faults_over(
        &self,
        chain: &[&'static dyn Service],
        operation: Operation,
        input: &Input,
    ) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        let each = chain.iter().map(|service| self.faults(*service, operation, input));
        let each: Vec<Vec<Fault>> = each.collect();
        for fault in each.iter().flatten() {
            let unknown = |it: &Fault| it.field == fault.field && it.kind == FaultKind::Unknown;
            let known_elsewhere = !each.iter().all(|faults| faults.iter().any(unknown));
            if fault.kind == FaultKind::Unknown && known_elsewhere {
                continue;
            }
            if !faults.contains(fault) {
                faults.push(fault.clone());
            }
        }
        faults
    }

    /// A new approval to spend: a failed, cancelled or waiting task is tried again at once.
    ///
    /// # Errors
    /// When the task is in another state.
    pub fn retry(&self, id: TaskId) -> Result<(), EngineError> {
        let provider = self.store().task(id)?.provider;
        self.holds().forget(provider);
        Ok(self.store().retry(id)?)
    }

    /// Follows an uncertain task by the id that the user found at the provider.
    ///
    /// # Errors
    /// [`EngineError::InvalidId`] when it cannot be an id.
    pub fn adopt(&self, id: TaskId, remote_id: &str) -> Result<(), EngineError> {
        Ok(self.store().adopt(id, self::remote_id(remote_id)?, self.now())?)
    }
}

/// The providers that the user approves, in their order.
fn chain(submission: &Submission) -> Result<Vec<&'static dyn Service>, EngineError> {
    let mut chain: Vec<&'static dyn Service> = vec![known(submission.provider)?];
    for id in &submission.then {
        let card = known(*id)?.card();
        if !card.operations.contains(&submission.operation) {
            return Err(EngineError::NotOffered(*id));
        }
        if chain.iter().any(|before| before.card().id == *id) {
            return Err(EngineError::InvalidField { provider: *id, field: "then".to_owned() });
        }
        chain.push(known(*id)?);
    }
    Ok(chain)
}

/// A provider's id as the user pasted it, where it can be one.
pub(crate) fn remote_id(pasted: &str) -> Result<&str, EngineError> {
    let id = pasted.trim();
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    if id.is_empty() || id.len() > 200 || !id.chars().all(sound) {
        return Err(EngineError::InvalidId);
    }
    Ok(id)
}

/// The window counts in UTF-16 units, the extractor in bytes.
fn utf16_spans(text: &str, found: &[Found]) -> Vec<(u32, u32)> {
    let mut spans: Vec<_> = found.iter().map(|found| found.span.clone()).collect();
    spans.sort_unstable_by_key(|span| span.start);
    let (mut at, mut units) = (0, 0_u32);
    let mut units_at = |byte: usize| {
        let part = text.get(at..byte).unwrap_or_default();
        units += u32::try_from(part.encode_utf16().count()).unwrap_or(0);
        at = byte;
        units
    };
    spans.into_iter().map(|span| (units_at(span.start), units_at(span.end))).collect()
}
