//! What is kept of a create call of which nobody knows whether it was accepted: what was seen of it, and what the
//! provider said of the account before and after. The latter is a hint, never a proof.

use std::time::Duration;

use shiwen_core::{Allowance, Evidence, Hint, ProviderId, Timestamp};
use shiwen_http::{Request, Response, SendError};
use shiwen_providers::{Account, Checked, Service, services};
use shiwen_store::{Doubt, RawAnswer, StoreError};

use crate::{Engine, submit::scrubbed, turn::Caller};

/// What a provider said of the account longer ago says nothing about one call: it may have been used elsewhere.
pub(crate) const FRESH: Duration = Duration::from_secs(10 * 60);
/// A create waits no longer for what is only a hint.
const PATIENCE: Duration = Duration::from_secs(3);
/// Characters kept of an answer.
const EXCERPT: usize = 400;

/// A call that brought no answer.
pub(crate) fn of_silence(request: &Request, error: &SendError) -> Evidence {
    let has_body =
        request.file.is_some() || request.body.as_ref().is_some_and(|body| !body.is_empty());
    let status = match error {
        SendError::Ambiguous { status, .. } => *status,
        SendError::NotSent { .. } => None,
    };
    Evidence {
        error: Some(format!("{}: {}", error.cause(), error.detail())),
        body_sent: has_body.then(|| error.body_began()),
        http_status: status,
        ..Evidence::default()
    }
}

/// A call with an answer that leaves the doubt. `kept` is that answer without the account's secrets.
pub(crate) fn of_answer(response: &Response, kept: &RawAnswer) -> Evidence {
    let text = String::from_utf8_lossy(&kept.body);
    let excerpt: String = text.chars().take(EXCERPT).map(visible).collect();
    Evidence {
        body_sent: Some(true),
        http_status: Some(response.status),
        excerpt: Some(excerpt).filter(|excerpt| !excerpt.trim().is_empty()),
        ..Evidence::default()
    }
}

/// A character that neither moves nor turns what stands beside it.
fn visible(c: char) -> char {
    match c {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    }
}

impl Engine {
    /// Before a create call whose outcome may become unknown: asks what is left and what runs, once in a while, for
    /// nothing and not for long.
    pub(crate) async fn learn_before(&self, service: &'static dyn Service, account: &Account) {
        let (id, now) = (service.card().id, self.now());
        if !service.tells_use() || self.inner.network.is_offline() {
            return;
        }
        let checked_at = self.store().provider(id).ok().and_then(|record| record.checked_at);
        if checked_at.is_some_and(|at| now.since(at) < FRESH)
            || !self.holds().may_ask_use(id, now, FRESH)
        {
            return;
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask_use(service, account)).await;
        if !matches!(asked, Ok(Some(_))) {
            tracing::info!(provider = %id, "what is left there is not known before the call");
        }
    }

    /// None where the provider does not say it now.
    async fn ask_use(&self, service: &'static dyn Service, account: &Account) -> Option<Checked> {
        let mut responses = Vec::new();
        let requests = service.check(account).ok()?;
        for request in &requests {
            let _turn = self.take_call(service.card(), Caller::Create).ok()?;
            let response = self.inner.parts.transport.send(request).await.ok()?;
            self.heed(service, &response);
            responses.push(response);
        }
        match service.read_checked(&responses, self.now()) {
            Ok(checked) => {
                self.keep_checked(service.card().id, &checked).ok()?;
                Some(checked)
            }
            Err(failure) => {
                let failure = requests.iter().fold(failure, scrubbed);
                tracing::info!(%failure, "what is left there is not told");
                None
            }
        }
    }

    /// What was said before a call that began at `begun`, as far as nothing else of ours can have changed it since.
    pub(crate) fn hint_before(
        &self,
        service: &dyn Service,
        begun: Timestamp,
    ) -> Result<Option<Hint>, StoreError> {
        let id = service.card().id;
        let store = self.store();
        let record = store.provider(id)?;
        // Only this call, and where tasks are paid while they run no other at work.
        let still = |at: Timestamp| -> Result<bool, StoreError> {
            Ok(at <= begun
                && begun.since(at) < FRESH
                && store.calls_since(id, at)? == 1
                && !(service.tells_use() && store.worked_since(id, at)?))
        };
        let mut hint = Hint::default();
        if let Some(allowance) = &record.allowance
            && still(allowance.learned_at)?
        {
            hint.left_before = allowance.left;
        }
        if let Some(checked_at) = record.checked_at
            && service.tells_use()
            && still(checked_at)?
        {
            hint.running_before = record.running;
        }
        Ok((hint != Hint::default()).then_some(hint))
    }

    /// The hint for a call that has just become doubtful; a history that cannot be read must not keep the doubt from
    /// being written down.
    pub(crate) fn hint_for(&self, service: &dyn Service, begun: Timestamp) -> Option<Hint> {
        self.hint_before(service, begun).unwrap_or_else(|error| {
            tracing::warn!(%error, "what was left before is not known");
            None
        })
    }

    /// Calls that were out when the last run ended: what was said before them is still in the history.
    pub(crate) fn remember_hints(&self) -> Result<(), StoreError> {
        for service in services() {
            for Doubt { attempt, .. } in self.store().doubts(service.card().id)? {
                if attempt.evidence.as_ref().is_some_and(|evidence| evidence.hint.is_some()) {
                    continue;
                }
                if let Some(hint) = self.hint_before(*service, attempt.intent_at)? {
                    self.store()
                        .note_evidence(attempt.id, |evidence| evidence.hint = Some(hint))?;
                }
            }
        }
        Ok(())
    }

    /// An accepted call says what is left: without what it took itself, that is what a doubtful call just before it
    /// left. With any third call in between nobody could tell them apart.
    pub(crate) fn hint_after(
        &self,
        provider: ProviderId,
        allowance: Option<&Allowance>,
        took: Option<u32>,
    ) -> Result<(), StoreError> {
        let (Some(left), Some(took)) = (allowance.and_then(|it| it.left), took) else {
            return Ok(());
        };
        let open = |doubt: &Doubt| {
            let hint = doubt.attempt.evidence.as_ref().and_then(|evidence| evidence.hint);
            hint.is_some_and(|hint| hint.left_before.is_some() && hint.left_after.is_none())
        };
        let doubts: Vec<_> = self.store().doubts(provider)?.into_iter().filter(open).collect();
        let [Doubt { attempt, .. }] = doubts.as_slice() else { return Ok(()) };
        if self.store().calls_since(provider, attempt.intent_at)? != 2 {
            return Ok(());
        }
        self.store().note_evidence(attempt.id, |evidence| {
            evidence.hint.get_or_insert_default().left_after = Some(left.saturating_add(took));
        })
    }
}

#[cfg(test)]
mod tests {
    use shiwen_http::Cause;

    use super::*;

    #[test]
    fn an_excerpt_is_short_and_can_be_shown() {
        let response = Response { status: 502, headers: Default::default(), body: Vec::new() };
        let body = format!("<p>\n\u{202e}{}", "错".repeat(500)).into_bytes();
        let kept = RawAnswer { asked: "create", http_status: 502, body };
        let evidence = of_answer(&response, &kept);
        let excerpt = evidence.excerpt.unwrap();
        assert_eq!(excerpt.chars().count(), EXCERPT);
        assert!(excerpt.starts_with("<p>  错"), "{excerpt}");
        assert_eq!((evidence.http_status, evidence.body_sent), (Some(502), Some(true)));
        let blank = RawAnswer { body: b" \n".to_vec(), ..kept };
        assert_eq!(of_answer(&response, &blank).excerpt, None);
    }

    #[test]
    fn a_call_without_a_body_proves_nothing_about_it() {
        let error = SendError::Ambiguous {
            cause: Cause::Broken,
            detail: "closed".to_owned(),
            status: Some(200),
        };
        let request = Request {
            provider: None,
            method: shiwen_http::Method::Post,
            url: "https://a.example/".parse().unwrap(),
            headers: Vec::new(),
            body: Some(b"{}".to_vec()),
            file: None,
            purpose: shiwen_http::Purpose::Spend,
            timeout: FRESH,
            secrets: Vec::new(),
        };
        let evidence = of_silence(&request, &error);
        assert_eq!(evidence.error.as_deref(), Some("the connection broke: closed"));
        assert_eq!((evidence.body_sent, evidence.http_status), (Some(true), Some(200)));
        let bare = Request { body: None, ..request };
        assert_eq!(of_silence(&bare, &error).body_sent, None);
    }
}
