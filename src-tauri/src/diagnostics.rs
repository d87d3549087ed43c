//! What helps to find out what went wrong, without a key and without a word of the user's text.

use std::{fmt::Write, path::Path};

use shiwen_core::{Failure, ProviderHealth, ProviderView, TaskDetail, Timestamp};
use shiwen_engine::EngineError;
use shiwen_session::{
    DataSize, Mode, Session, Settings, kind_of_proxy, path_without_home, plain, rfc3339,
};
use shiwen_store::{Call, Store, StoreError};

use crate::error::CommandError;

/// Create calls that are told.
const CALLS: u32 = 20;

/// What the program, its providers and its last calls are like. Words of services are left out: they may repeat what was
/// sent. Without a session, what is known without the history.
pub(crate) fn of_program(folder: &Path, session: Option<&Session>) -> Result<String, CommandError> {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = writeln!(text, "Shiwen {} · {}", env!("CARGO_PKG_VERSION"), rfc3339(Timestamp::now()));
    let _ = writeln!(text, "system: {}", system());
    let webview = tauri::webview_version().unwrap_or_else(|_| "-".to_owned());
    let _ =
        writeln!(text, "webview {webview} · tauri {} · sqlite {}", tauri::VERSION, Store::sqlite());
    let size = DataSize::of(folder);
    let _ = writeln!(
        text,
        "data: {} · history {} MB, works {} MB, backups {} MB",
        path_without_home(folder),
        megabytes(size.history),
        megabytes(size.works),
        megabytes(size.backups),
    );
    match session {
        Some(session) => of_session(&mut text, session)?,
        None => text.push_str("the history is not open\n"),
    }
    Ok(text)
}

fn of_session(text: &mut String, session: &Session) -> Result<(), EngineError> {
    let store = session.engine.store();
    let settings: Settings = store.setting(Settings::NAME)?;
    let network = match *session.engine.network().borrow() {
        shiwen_engine::Network::Online => "online",
        shiwen_engine::Network::Offline { .. } => "offline",
    };
    let mode = if session.mode == Mode::Real { "real" } else { "sandbox" };
    let health = store.health();
    let damaged = health.borrow().as_ref().is_some_and(|health| !health.is_sound());
    let _ = writeln!(
        text,
        "{mode} · owner {} · network {network} · damaged {damaged}",
        session.is_owner()
    );
    of_settings(text, &settings);
    let all = session.engine.health()?;
    for view in session.engine.providers()? {
        let proxy = settings.proxies.get(&view.id).unwrap_or(&settings.proxy);
        let health = all.iter().find(|health| health.provider == view.id);
        of_provider(text, &view, kind_of_proxy(proxy), health);
    }
    of_calls(text, store)?;
    Ok(())
}

fn of_settings(text: &mut String, settings: &Settings) {
    let word = |value: serde_json::Result<String>| value.unwrap_or_default().replace('"', "");
    let _ = writeln!(
        text,
        "settings: language {}, theme {}, font size {}, failover {}, proxy {}, short links {}, close {}, notify {}, \
         clipboard offer {}, shortcut {}, updates {}, download folder {}",
        word(serde_json::to_string(&settings.language)),
        word(serde_json::to_string(&settings.theme)),
        settings.font_size,
        settings.failover,
        kind_of_proxy(&settings.proxy),
        settings.follow_short_links,
        word(serde_json::to_string(&settings.close)),
        settings.notify,
        settings.clipboard_offer,
        settings.shortcut.is_some(),
        settings.check_updates,
        if settings.download_folder.is_some() { "own" } else { "usual" },
    );
}

fn of_provider(
    text: &mut String,
    view: &ProviderView,
    proxy: &str,
    health: Option<&ProviderHealth>,
) {
    let checked = view.checked_at.map_or("never".to_owned(), rfc3339);
    let _ = write!(text, "{}: ready {}, proxy {proxy}, checked {checked}", view.id, view.ready);
    if view.session_only {
        text.push_str(", key for this run only");
    }
    if let Some(failure) = &view.check_failure {
        let _ = write!(text, ", check failed: {}", told(failure));
    }
    if let Some(health) = health {
        let success = health.last_success.map_or("never".to_owned(), rfc3339);
        let _ = write!(
            text,
            ", succeeded {success}, queued {}, running {}, uncertain {}",
            health.queued, health.running, health.uncertain
        );
        if let Some(wait) = health.wait {
            let _ = write!(text, ", waits {}", wait.reason);
        }
        for (operation, seconds) in &health.usual {
            let _ = write!(text, ", {operation} usually {seconds} s");
        }
        for failure in &health.failures {
            let (kind, at) = (told(&failure.failure), rfc3339(failure.at));
            let _ = write!(text, "\n  {kind}, {} times, last {at}", failure.count);
        }
    }
    text.push('\n');
}

fn of_calls(text: &mut String, store: &Store) -> Result<(), StoreError> {
    let calls = store.last_calls(CALLS)?;
    let _ = writeln!(text, "last {} create calls:", calls.len());
    for call in &calls {
        of_call(text, call);
    }
    Ok(())
}

fn of_call(text: &mut String, call: &Call) {
    let outcome = call.outcome.map_or("open", |outcome| outcome.as_str());
    let _ = write!(
        text,
        "{} · task {}.{} · {} · {} · {outcome}",
        rfc3339(call.intent_at),
        call.task,
        call.number,
        call.provider,
        call.operation,
    );
    if let Some(end) = call.ended_at {
        let _ = write!(text, " · {} ms", end.since(call.intent_at).as_millis());
    }
    if let Some(id) = &call.remote_id {
        let _ = write!(text, " · id {}", plain(id));
    }
    if let Some(failure) = &call.failure {
        let _ = write!(text, " · {}", told(failure));
    }
    text.push('\n');
}

/// A failure without its message.
fn told(failure: &Failure) -> String {
    let mut text = failure.kind.to_string();
    if let Some(status) = failure.http_status {
        let _ = write!(text, ", HTTP {status}");
    }
    if let Some(code) = &failure.code {
        let _ = write!(text, ", code {}", plain(code));
    }
    if let Some(trace) = &failure.trace_id {
        let _ = write!(text, ", trace {}", plain(trace));
    }
    text
}

/// The system by its own words, where these are ids.
pub(crate) fn system() -> String {
    let mut system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    for line in release.lines() {
        if let Some(("ID" | "VERSION_ID", value)) = line.split_once('=') {
            let _ = write!(system, " {}", plain(value.trim_matches('"')));
        }
    }
    for name in ["XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP"] {
        if let Ok(value) = std::env::var(name) {
            let _ = write!(system, " {}", plain(&value));
        }
    }
    system
}

fn megabytes(bytes: f64) -> String {
    format!("{:.1}", bytes / 1e6)
}

pub(crate) fn of_task(detail: &TaskDetail) -> String {
    let task = &detail.task;
    let mut text = format!(
        "Shiwen {} · {} {}\n{} · {} · {} · {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        task.provider,
        task.operation,
        task.state,
        task.link.as_ref().map_or("-", |link| link.platform.as_str()),
    );
    for attempt in &detail.attempts {
        let outcome = attempt.outcome.map_or("open", |outcome| outcome.as_str());
        let took = attempt.ended_at.map_or(0, |end| end.since(attempt.intent_at).as_millis());
        // Writing into a String cannot fail.
        let _ = write!(text, "attempt {}: {outcome}, {took} ms", attempt.number);
        if let Some(id) = &attempt.remote_id {
            let _ = write!(text, ", id {}", plain(id));
        }
        if let Some(failure) = &attempt.failure {
            let _ = write!(text, ", {}", told(failure));
        }
        text.push('\n');
    }
    if let Some(failure) = &task.failure {
        let _ = writeln!(text, "failure: {}", told(failure));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use shiwen_core::{
        Charged, FailureKind, Found, Input, Link, LinkKind, NewTask, Operation, Platform,
        ProviderId, Unit,
    };
    use shiwen_session::{Environment, ExportWish, Options};
    use shiwen_store::{RawAnswer, Spent, Won};
    use tauri::async_runtime::block_on;

    use super::*;

    /// What stands in every field that a user or a service fills in.
    const CANARY: &str = "金丝雀";
    const LATIN: &str = "kanarie";

    fn failure() -> Failure {
        Failure {
            charged: Charged::Unknown,
            http_status: Some(502),
            code: Some(format!("4100 {CANARY}")),
            message: Some(CANARY.to_owned()),
            trace_id: Some("log-20261120".to_owned()),
            ..Failure::new(ProviderId::Momoget, FailureKind::ProviderInternal)
        }
    }

    fn plant(store: &Store) {
        let proxy = format!("http://{LATIN}:{LATIN}@{LATIN}.example:7890");
        let settings = Settings {
            proxy: proxy.clone(),
            proxies: BTreeMap::from([(ProviderId::Coze, proxy.replace("http", "socks5h"))]),
            download_folder: Some(format!("/{CANARY}")),
            saved_searches: vec![CANARY.to_owned()],
            export: ExportWish { template: Some(CANARY.to_owned()), ..ExportWish::default() },
            shortcut: Some(LATIN.to_owned()),
            ..Settings::default()
        };
        store.save_setting(Settings::NAME, &settings).unwrap();
        let wish = |id: &str| NewTask {
            operation: Operation::Transcribe,
            provider: ProviderId::Momoget,
            link: Some(Link {
                url: format!("https://v.douyin.com/{LATIN}{id}/"),
                platform: Platform::Douyin,
                kind: LinkKind::Video,
                id: Some(format!("{LATIN}{id}")),
                canonical: None,
                title: Some(CANARY.to_owned()),
            }),
            input: Input::new(),
            parent: None,
            target_language: Some(LATIN.to_owned()),
            again: false,
            then: Vec::new(),
        };
        let now = Timestamp::now();
        let ids = store.add_tasks(CANARY, &[wish("1"), wish("2")], now).unwrap();
        store.save_note(ids[0], CANARY).unwrap();
        store.tag(&ids, &[CANARY.to_owned()], &[]).unwrap();
        let spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: true };
        let answer = RawAnswer { asked: "create", http_status: 200, body: CANARY.into() };
        let attempt = store.claim(ids[0], now).unwrap().attempt;
        store.accepted(attempt, "task_ab12", now, &spent, &answer, now).unwrap();
        let found = Found {
            title: Some(CANARY.to_owned()),
            author: Some(CANARY.to_owned()),
            ..Found::default()
        };
        let won = Won { text: Some(CANARY.to_owned()), found, ..Won::default() };
        store.won(ids[0], &won, &answer, now).unwrap();
        let attempt = store.claim(ids[1], now).unwrap().attempt;
        store.unknown(attempt, &failure(), &spent, Some(&answer), now).unwrap();
        store.note_evidence(attempt, |seen| seen.excerpt = Some(CANARY.to_owned())).unwrap();
        let planted = |record: &mut shiwen_store::ProviderRecord| {
            record.settings.insert("workflows".to_owned(), CANARY.to_owned());
            record.saved.insert("user_id".to_owned(), Some(LATIN.to_owned()));
            record.checked_at = Some(now);
            record.check_failure = Some(failure());
        };
        store.change_provider(ProviderId::Momoget, planted).unwrap();
    }

    #[test]
    fn the_whole_of_them_tells_what_helps_and_not_a_word_of_the_user_s() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            folder: folder.path().to_owned(),
            mode: Mode::Sandbox { url: Some("http://127.0.0.1:9".to_owned()), pace: 1.0 },
            environment: Environment::default(),
        };
        let session = block_on(Session::open(&options)).unwrap();
        plant(session.engine.store());

        let text = of_program(&session.folder, Some(&session)).unwrap();

        for part in [
            concat!("Shiwen ", env!("CARGO_PKG_VERSION")),
            std::env::consts::OS,
            " sqlite 3.",
            "proxy http,",
            "coze: ready true, proxy socks5h,",
            "download folder own",
            "check failed: provider-internal, HTTP 502, code (unfit), trace log-20261120",
            "queued 0, running 0, uncertain 1",
            "last 2 create calls:",
            "momoget · transcribe · accepted",
            "id task_ab12",
            "momoget · transcribe · unknown",
        ] {
            assert!(text.contains(part), "no {part} in:\n{text}");
        }
        for secret in [CANARY, LATIN, "douyin", "7890"] {
            assert!(!text.contains(secret), "{secret} in:\n{text}");
        }
        let task = session.engine.store().last_calls(1).unwrap()[0].task;
        let of_one = of_task(&session.engine.store().detail(task).unwrap());
        assert!(!of_one.contains(CANARY) && !of_one.contains(LATIN), "{of_one}");
        assert!(of_one.contains("log-20261120"), "{of_one}");
    }

    #[test]
    fn they_are_there_while_the_history_is_not() {
        let text = of_program(Path::new("/nowhere/at/all"), None).unwrap();
        assert!(text.starts_with("Shiwen ") && text.contains("the history is not open"));
    }
}
