//! Why something did not work, as one line: the cause, the money, and the one next step. The words are the window's
//! where it has them.

use shiwen_core::{
    CancelCause, Charged, Failure, FailureKind, Operation, Outcome, ProviderId, Task, TaskDetail,
    TaskState,
};
use shiwen_providers::{Card, EXPIRED, SUBMIT_OFF, service};
use shiwen_session::{Session, Words};

use crate::output::state;

/// How a task without a result stands: why, what that cost, and what to do next.
pub(crate) fn line(session: &Session, detail: &TaskDetail, words: &Words) -> String {
    let task = &detail.task;
    match (task.state, &task.failure, task.wait) {
        (TaskState::Uncertain, _, _) if task.not_there => {
            let again = match task.operation.takes_link() {
                true => "cli.next.with_again",
                false => "cli.next.again",
            };
            joined(words, &words.say("state.not_there", &[]), "", &words.say(again, &[]))
        }
        (TaskState::Uncertain, _, _) => {
            let seen = words.say(seen(detail), &[("provider", name(task.provider))]);
            joined(words, &words.say("state.uncertain", &[]), &seen, &decide(task, words))
        }
        (TaskState::Failed, Some(failure), _) => {
            let next = next(session, task, failure).said(words);
            joined(
                words,
                &headline(words, failure, Some(task)),
                &money(words, task, failure),
                &next,
            )
        }
        (TaskState::Cancelled, _, _) => cancelled(detail, words),
        (_, _, Some(wait)) => words.say(&format!("wait.{}", wait.reason), &[]).into_owned(),
        _ => state(words, task).into_owned(),
    }
}

/// The provider's own sentence, where only the provider knows the cause. Without what a terminal would obey.
pub(crate) fn said(words: &Words, task: &Task) -> Option<String> {
    let failure = task.failure.as_ref().filter(|_| task.state == TaskState::Failed)?;
    let explains = matches!(
        failure.kind,
        FailureKind::InvalidInput
            | FailureKind::UnsupportedPlatform
            | FailureKind::Forbidden
            | FailureKind::NotFound
            | FailureKind::MembershipRequired
            | FailureKind::ProviderInternal
    );
    let message = failure.message.as_deref().filter(|_| explains)?;
    let message: String = message.chars().filter(|c| !c.is_control()).collect();
    let message = message.trim();
    (!message.is_empty()).then(|| words.say("collection.said", &[("words", message)]).into_owned())
}

/// The cause in a few words. `task` is what failed, where it was a task.
pub(crate) fn headline(words: &Words, failure: &Failure, task: Option<&Task>) -> String {
    words.say(&headline_key(failure, task), &[("provider", name(failure.provider))]).into_owned()
}

/// What to do about a call that is no task; nothing where its cause says it.
pub(crate) fn next_of_call(words: &Words, failure: &Failure) -> Option<String> {
    let card = card(failure.provider);
    let next = match failure.kind {
        FailureKind::Unauthorized | FailureKind::Forbidden => Next::CheckKey(card),
        FailureKind::QuotaExhausted | FailureKind::MembershipRequired => Next::TopUp(card),
        FailureKind::Network => Next::CheckProxy,
        FailureKind::RateLimited | FailureKind::ConcurrencyFull | FailureKind::ProviderInternal => {
            Next::Later
        }
        FailureKind::InvalidInput
        | FailureKind::UnsupportedPlatform
        | FailureKind::NotFound
        | FailureKind::MalformedResponse => return None,
    };
    Some(next.said(words))
}

fn joined(words: &Words, cause: &str, money: &str, next: &str) -> String {
    let places = [("cause", cause), ("money", money), ("next", next)];
    words.say("cli.failed_line", &places).into_owned()
}

fn card(provider: ProviderId) -> Option<&'static Card> {
    service(provider).map(|service| service.card())
}

fn name(provider: ProviderId) -> &'static str {
    card(provider).map_or(provider.as_str(), |card| card.name)
}

fn headline_key(failure: &Failure, task: Option<&Task>) -> String {
    let has_number = task.is_some_and(|task| task.remote_id.is_some());
    match (failure.kind, failure.code.as_deref()) {
        (FailureKind::QuotaExhausted, _) => {
            let unit = card(failure.provider).map_or(shiwen_core::Unit::Use, |card| card.unit);
            format!("failure.quota_{unit}")
        }
        (_, Some(SUBMIT_OFF)) => "failure.submit_off".to_owned(),
        (FailureKind::NotFound, Some(EXPIRED)) => "failure.expired".to_owned(),
        // Something was missing before there was a task there: a workflow, not the task.
        (FailureKind::NotFound, _) if !has_number => "failure.not_found_setup".to_owned(),
        // It took the work on and then failed.
        (FailureKind::ProviderInternal, _) if has_number => {
            "failure.provider_unfinished".to_owned()
        }
        (kind, _) => format!("failure.{}", kind.as_str().replace('-', "_")),
    }
}

fn money<'a>(words: &'a Words, task: &Task, failure: &Failure) -> std::borrow::Cow<'a, str> {
    let key = match failure.charged {
        _ if is_followed(task) => "charged.followed",
        Charged::No => "charged.no",
        Charged::Yes => "charged.yes",
        Charged::Unknown
            if matches!(failure.kind, FailureKind::MalformedResponse | FailureKind::Network) =>
        {
            "charged.maybe"
        }
        Charged::Unknown => "charged.unknown",
    };
    words.say(key, &[])
}

/// Begun elsewhere and only looked up here, which is free.
fn is_followed(task: &Task) -> bool {
    task.link.is_none()
        && task.parent.is_none()
        && task.remote_id.is_some()
        && task.subject == task.remote_id
}

/// What was seen of a create call that nobody knows the outcome of.
fn seen(detail: &TaskDetail) -> &'static str {
    if detail.attempts.last().and_then(|last| last.outcome) == Some(Outcome::Crashed) {
        return "uncertain.crashed";
    }
    match detail.task.failure.as_ref().map(|failure| failure.kind) {
        None | Some(FailureKind::Network) => "uncertain.cut",
        Some(FailureKind::MalformedResponse) => "uncertain.malformed",
        Some(FailureKind::ProviderInternal) => "uncertain.internal",
        Some(FailureKind::RateLimited) => "uncertain.rate_limited",
        Some(
            FailureKind::InvalidInput
            | FailureKind::UnsupportedPlatform
            | FailureKind::Unauthorized
            | FailureKind::Forbidden
            | FailureKind::NotFound
            | FailureKind::QuotaExhausted
            | FailureKind::MembershipRequired
            | FailureKind::ConcurrencyFull,
        ) => "uncertain.unclear",
    }
}

/// Whether the provider gives such a task a number by which its result can be found again.
fn has_number(operation: Operation) -> bool {
    match operation {
        Operation::Transcribe
        | Operation::Resolve
        | Operation::GenerateVideo
        | Operation::GenerateImage
        | Operation::GenerateMusic => true,
        Operation::Analyze
        | Operation::Captions
        | Operation::Overlay
        | Operation::Scrape
        | Operation::Plan => false,
    }
}

/// How the user learns whether the work was taken on, and what then.
fn decide(task: &Task, words: &Words) -> String {
    let url = card(task.provider).map_or("", |card| card.console_url);
    let key = match (has_number(task.operation), task.operation.takes_link()) {
        (true, true) => "cli.next.find_or_again",
        (true, false) => "cli.next.find",
        (false, _) => "cli.next.look",
    };
    words.say(key, &[("url", url), ("id", task.provider.as_str())]).into_owned()
}

fn cancelled(detail: &TaskDetail, words: &Words) -> String {
    let task = &detail.task;
    let key = match task.cancel_cause {
        Some(CancelCause::BeforeSubmit) => "state.cancelled_free",
        Some(CancelCause::StoppedWaiting) => {
            let next = words.say("cli.next.wait", &[("task", &task.id.to_string())]);
            return joined(words, &words.say("state.cancelled_paid", &[]), "", &next);
        }
        Some(CancelCause::GaveUp) if task.not_there => "state.gave_up_free",
        Some(CancelCause::GaveUp) => "state.gave_up",
        Some(CancelCause::SameVideo) => {
            let Some(other) = detail.another else {
                return words.say("cancelled.same_video", &[]).into_owned();
            };
            return words.say("cli.same_video", &[("task", &other.to_string())]).into_owned();
        }
        None => "state.cancelled",
    };
    words.say(key, &[]).into_owned()
}

/// The one step that helps most.
#[derive(Debug, Clone, Copy)]
enum Next {
    Again,
    /// Asks for the number once more, for nothing.
    LookUp,
    Later,
    Change,
    OpenVideo,
    Other(ProviderId),
    CheckKey(Option<&'static Card>),
    CheckSettings(Option<&'static Card>),
    CheckProxy,
    TopUp(Option<&'static Card>),
}

fn next(session: &Session, task: &Task, failure: &Failure) -> Next {
    let card = card(failure.provider);
    let again = if is_followed(task) { Next::LookUp } else { Next::Again };
    // What was made from a form is not asked of another provider: its form is another one.
    let other = || match task.link {
        Some(_) => instead(session, task).map_or(Next::OpenVideo, Next::Other),
        None => Next::Change,
    };
    if failure.code.as_deref() == Some(SUBMIT_OFF) {
        return Next::CheckSettings(card);
    }
    match failure.kind {
        FailureKind::Unauthorized | FailureKind::Forbidden => Next::CheckKey(card),
        FailureKind::QuotaExhausted => Next::TopUp(card),
        FailureKind::Network => Next::CheckProxy,
        FailureKind::InvalidInput
        | FailureKind::UnsupportedPlatform
        | FailureKind::MembershipRequired
            if !is_followed(task) =>
        {
            other()
        }
        FailureKind::NotFound
            if task.remote_id.is_none() && failure.code.as_deref() != Some(EXPIRED) =>
        {
            Next::CheckSettings(card)
        }
        FailureKind::RateLimited | FailureKind::ConcurrencyFull => Next::Later,
        FailureKind::InvalidInput
        | FailureKind::UnsupportedPlatform
        | FailureKind::MembershipRequired
        | FailureKind::NotFound
        | FailureKind::ProviderInternal
        | FailureKind::MalformedResponse => again,
    }
}

/// Another provider that does the same, one that is set up before one that is not.
fn instead(session: &Session, task: &Task) -> Option<ProviderId> {
    let providers = session.engine.providers().ok()?;
    let others = providers
        .iter()
        .filter(|view| view.id != task.provider && view.operations.contains(&task.operation));
    others.max_by_key(|view| view.ready).map(|view| view.id)
}

impl Next {
    fn said(self, words: &Words) -> String {
        let of = |card: Option<&'static Card>| {
            card.map_or(("", "", ""), |card| (card.name, card.id.as_str(), card.console_url))
        };
        let (key, card) = match self {
            Self::Again => ("cli.next.again", None),
            Self::LookUp => ("cli.next.look_up", None),
            Self::Later => ("cli.next.later", None),
            Self::Change => ("cli.next.change", None),
            Self::OpenVideo => ("cli.next.open_video", None),
            Self::Other(provider) => ("cli.next.other", self::card(provider)),
            Self::CheckKey(card) => ("cli.next.check_key", card),
            Self::CheckSettings(card) => ("cli.next.check_settings", card),
            Self::CheckProxy => ("cli.next.check_proxy", None),
            Self::TopUp(card) => ("cli.next.top_up", card),
        };
        let (name, id, url) = of(card);
        words.say(key, &[("provider", name), ("id", id), ("url", url)]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_core::Unit;
    use shiwen_session::Language;

    #[test]
    fn every_failure_has_words_in_both_languages() {
        for language in [Language::Chinese, Language::English] {
            let words = Words::new(language);
            for provider in ProviderId::ALL {
                for kind in FailureKind::ALL {
                    let key = headline_key(&Failure::new(*provider, *kind), None);
                    assert!(words.has(&key), "{key}");
                }
            }
            for unit in Unit::ALL {
                assert!(words.has(&format!("failure.quota_{unit}")), "{unit}");
            }
            for key in [
                "failure.submit_off",
                "failure.expired",
                "failure.not_found_setup",
                "failure.provider_unfinished",
                "charged.followed",
                "charged.no",
                "charged.yes",
                "charged.maybe",
                "charged.unknown",
                "uncertain.crashed",
                "uncertain.cut",
                "uncertain.malformed",
                "uncertain.internal",
                "uncertain.rate_limited",
                "uncertain.unclear",
                "state.cancelled_free",
                "state.cancelled_paid",
                "state.gave_up",
                "state.gave_up_free",
                "state.not_there",
                "cancelled.same_video",
                "cli.same_video",
            ] {
                assert!(words.has(key), "{key}");
            }
        }
    }
}
