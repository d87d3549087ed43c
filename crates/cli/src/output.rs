//! Exit codes and words. Results go to standard output, everything else to standard error.

use std::process::ExitCode;

use shiwen_core::{Failure, FailureKind, Operation, Task, TaskState, Unit, WaitReason};
use shiwen_engine::EngineError;
use shiwen_session::{MediaError, SessionError, Words};

use crate::form;

/// A line on standard output. A reader that has gone away (`| head`) is an error that ends the program quietly.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($part)*)?;
    }};
}
pub(crate) use say;

/// What the exit code says. The numbers are part of the interface and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything that was asked for is there.
    Done = 0,
    /// The program or its history failed.
    Broken = 1,
    /// Wrong arguments, as clap says it, or a form that cannot be sent like this. Nothing was sent.
    Wrong = 2,
    /// No link, or none about which this can be asked.
    NoLink = 3,
    /// A task failed or a call was refused, and it is known why.
    Failed = 4,
    /// A call that costs money or is seen by others may or may not have been accepted: look before it is repeated.
    Uncertain = 5,
    /// No usable key.
    NotReady = 6,
    /// Still going on when waiting ended, or not its turn yet; nothing is lost.
    Waiting = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        // The discriminants are the codes.
        Self::from(exit as u8)
    }
}

impl Exit {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if let Some(MediaError::NoSuchMedia | MediaError::Unavailable(_)) = error.downcast_ref() {
            return Self::Failed;
        }
        if error.is::<NeedsYes>() {
            return Self::Wrong;
        }
        match error.downcast_ref::<EngineError>() {
            Some(EngineError::NoLink) => Self::NoLink,
            Some(
                EngineError::NotReady(_) | EngineError::NotOffered(_) | EngineError::Keychain(_),
            ) => Self::NotReady,
            Some(EngineError::Refused(refused)) => match refused.0.kind {
                FailureKind::Unauthorized => Self::NotReady,
                _ => Self::Failed,
            },
            Some(EngineError::Faults(_) | EngineError::InvalidId) => Self::Wrong,
            Some(EngineError::Uncertain(_)) => Self::Uncertain,
            Some(EngineError::Busy { .. }) => Self::Waiting,
            Some(EngineError::InvalidField { .. } | EngineError::Store(_)) | None => Self::Broken,
        }
    }

    /// What a task's end, or its reason to wait for the user, means.
    pub(crate) fn of_task(task: &Task) -> Option<Self> {
        match task.state {
            TaskState::Succeeded => Some(Self::Done),
            TaskState::Failed | TaskState::Cancelled => Some(Self::Failed),
            TaskState::Uncertain => Some(Self::Uncertain),
            TaskState::Queued | TaskState::Running => match task.wait?.reason {
                WaitReason::Key => Some(Self::NotReady),
                WaitReason::GaveUpSending | WaitReason::DiskFull | WaitReason::Paused => {
                    Some(Self::Waiting)
                }
                _ => None,
            },
            TaskState::Submitting => None,
        }
    }
}

/// Whether the reader of standard output has gone away.
pub(crate) fn nobody_reads(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or(json) == Some(std::io::ErrorKind::BrokenPipe)
}

/// Says what went wrong in the user's words, with the technical chain behind it; as one line of JSON for scripts.
pub(crate) fn explain(words: &Words, error: &anyhow::Error, json: bool) {
    let engine = error.downcast_ref::<EngineError>();
    let key = key_of(error);
    let faults = match engine {
        Some(EngineError::Faults(faults)) => faults.as_slice(),
        _ => &[],
    };
    let failure = match engine {
        Some(EngineError::Refused(failed) | EngineError::Uncertain(failed)) => Some(&failed.0),
        _ => None,
    };
    if json {
        let message = words.say(key, &[]);
        let explained = serde_json::json!({
            "error": key, "message": message, "chain": format!("{error:#}"), "faults": faults, "failure": failure,
        });
        eprintln!("{explained}");
        return;
    }
    eprintln!("{}", words.say(key, &[]));
    for line in form::faults(words, faults, error.downcast_ref()) {
        eprintln!("  {line}");
    }
    if let Some(failure) = failure {
        eprintln!("  {}", failure_words(words, failure, Unit::Credit));
    }
    eprintln!("  {error:#}");
    if let Some(EngineError::NotReady(provider)) = engine {
        for variable in shiwen_session::required_variables(*provider) {
            eprintln!("  {variable}");
        }
    }
}

fn key_of(error: &anyhow::Error) -> &'static str {
    let of_media = || match error.downcast_ref::<MediaError>()? {
        MediaError::NoSuchMedia | MediaError::NoSuchDownload => Some("cli.no_media"),
        MediaError::Unavailable(_) => Some("error.media_unavailable"),
        MediaError::Store(_) => None,
    };
    let of_engine = || error.downcast_ref::<EngineError>().and_then(engine_key);
    let of_session = || error.downcast_ref::<SessionError>().map(session_key);
    if error.is::<NeedsYes>() {
        return "cli.needs_yes";
    }
    of_engine().or_else(of_session).or_else(of_media).unwrap_or("error.internal")
}

fn engine_key(error: &EngineError) -> Option<&'static str> {
    use shiwen_session::{KeychainError, StoreError};
    Some(match error {
        EngineError::NoLink => "error.no_link",
        EngineError::NotReady(_) => "cli.not_ready",
        EngineError::NotOffered(_) => "error.not_offered",
        EngineError::InvalidField { .. } => "error.invalid_field",
        EngineError::Refused(_) => "error.refused_call",
        EngineError::Faults(_) => "error.faults",
        EngineError::Uncertain(_) => "error.uncertain_call",
        EngineError::Busy { .. } => "error.busy_call",
        EngineError::InvalidId => "error.invalid_id",
        EngineError::Keychain(KeychainError::Missing) => "error.keychain_missing",
        EngineError::Keychain(KeychainError::NoCollection) => "error.keychain_no_collection",
        EngineError::Keychain(KeychainError::Locked) => "error.keychain_locked",
        EngineError::Keychain(_) => "error.keychain_failed",
        EngineError::Store(StoreError::TaskGone) => "error.task_gone",
        EngineError::Store(StoreError::DiskFull) => "error.disk_full",
        EngineError::Store(StoreError::Busy) => "error.database_busy",
        EngineError::Store(_) => return None,
    })
}

fn session_key(error: &SessionError) -> &'static str {
    use shiwen_session::StoreError;
    match error {
        SessionError::Store(StoreError::Newer(_)) => "problem.newer",
        SessionError::Store(StoreError::Damaged(_)) => "problem.damaged",
        SessionError::Store(StoreError::Busy) => "problem.busy",
        SessionError::Store(StoreError::DiskFull) => "error.disk_full",
        SessionError::Store(_) | SessionError::Lock(_) | SessionError::NoFolder => {
            "problem.unwritable"
        }
        SessionError::Sandbox(_) => "error.sandbox_failed",
    }
}

/// How a task stands, by what it does.
pub(crate) fn state<'a>(words: &'a Words, task: &Task) -> std::borrow::Cow<'a, str> {
    let key = match (task.state, task.operation) {
        (TaskState::Running, Operation::Resolve) => "state.running_resolve",
        (TaskState::Running, Operation::Analyze) => "state.running_analyze",
        (TaskState::Running, Operation::Scrape) => "state.running_scrape",
        (TaskState::Running, Operation::Plan) => "state.running_plan",
        (TaskState::Running, operation) if !operation.takes_link() => "state.running_generate",
        (state, _) => return std::borrow::Cow::Owned(state_words(words, state)),
    };
    words.say(key, &[])
}

fn state_words(words: &Words, state: TaskState) -> String {
    words.say(&format!("state.{state}"), &[]).into_owned()
}

/// What was refused because the user must say that it is meant.
#[derive(Debug, thiserror::Error)]
#[error("this needs --yes")]
pub(crate) struct NeedsYes;

/// Why a task failed or is uncertain, as one line.
pub(crate) fn cause(words: &Words, task: &Task, unit: Unit) -> String {
    match (task.state, &task.failure, task.wait) {
        (TaskState::Uncertain, _, _) => words.say("state.uncertain", &[]).into_owned(),
        (_, Some(failure), _) => failure_words(words, failure, unit),
        (_, _, Some(wait)) => words.say(&format!("wait.{}", wait.reason), &[]).into_owned(),
        (_, None, None) => state(words, task).into_owned(),
    }
}

/// A failure as one line.
pub(crate) fn failure_words(words: &Words, failure: &Failure, unit: Unit) -> String {
    words.say(&failure_key(failure, unit), &[("provider", failure.provider.as_str())]).into_owned()
}

fn failure_key(failure: &Failure, unit: Unit) -> String {
    match failure.kind {
        FailureKind::QuotaExhausted => format!("failure.quota_{unit}"),
        kind => format!("failure.{}", kind.as_str().replace('-', "_")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_core::ProviderId;
    use shiwen_session::Language;

    #[test]
    fn every_failure_and_wait_has_words_in_both_languages() {
        for language in [Language::Chinese, Language::English] {
            let words = Words::new(language);
            for kind in FailureKind::ALL {
                for unit in Unit::ALL {
                    let key = failure_key(&Failure::new(ProviderId::Momoget, *kind), *unit);
                    assert!(words.has(&key), "{key}");
                }
            }
            for reason in WaitReason::ALL {
                assert!(words.has(&format!("wait.{reason}")), "{reason}");
            }
            for state in TaskState::ALL {
                assert!(words.has(&format!("state.{state}")), "{state}");
            }
        }
    }

    #[test]
    fn every_message_of_the_command_line_exists_and_is_used() {
        let sources = [
            include_str!("download.rs"),
            include_str!("extract.rs"),
            include_str!("form.rs"),
            include_str!("links.rs"),
            include_str!("list.rs"),
            include_str!("main.rs"),
            include_str!("output.rs"),
            include_str!("patience.rs"),
            include_str!("print.rs"),
            include_str!("quota.rs"),
            include_str!("rawugc.rs"),
        ];
        let without_tests =
            |source: &&str| source.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        let sources: String = sources.iter().map(without_tests).collect();
        let chinese: std::collections::BTreeMap<String, String> =
            serde_json::from_str(include_str!("../../../ui/messages/zh-CN.json")).unwrap();
        let own: Vec<&String> = chinese.keys().filter(|key| key.starts_with("cli.")).collect();
        for key in &own {
            assert!(sources.contains(&format!("\"{key}\"")), "{key} is not used");
        }
        let used = sources.split("\"cli.").skip(1).filter_map(|rest| rest.split('"').next());
        for key in used {
            assert!(
                own.iter().any(|own| own.strip_prefix("cli.") == Some(key)),
                "cli.{key} is missing"
            );
        }
    }
}
