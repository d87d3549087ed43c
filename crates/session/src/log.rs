//! The log file: what helps to find out later what went wrong, and nothing that is the user's.
//!
//! A line is made of the words that stand in the program and of the fields that [`FIELDS`] names; whatever else an event
//! carries is left out, since it may hold a text, a title or a path. A new field is named there only if it can hold none
//! of these. On top of that, each value loses what looks like a credential, what addresses lead to, and the user's home.

mod file;
mod journal;

use std::{
    fmt::{self, Write},
    path::Path,
    sync::{Arc, LazyLock},
};

use regex_lite::{Captures, Regex};
use shiwen_core::Timestamp;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::filter_fn,
    layer::{self, Filter},
    registry::LookupSpan,
};

pub use file::LogFile;
pub use journal::{journal, plain};

/// The fields that are written down.
const FIELDS: &[&str] = &[
    "api",
    "attempt",
    "bytes",
    "cause",
    "code",
    "detail",
    "error",
    "host",
    "http_status",
    "index",
    "kind",
    "ms",
    "operation",
    "outcome",
    "percent",
    "place",
    "port",
    "provider",
    "purpose",
    "reached",
    "remote",
    "running",
    "sandbox",
    "state",
    "status",
    "system",
    "task",
    "trace",
    "uncertain",
    "version",
    "wait",
    "webview",
];
/// A value is cut off after so many characters.
const LONGEST: usize = 300;

/// Writes what this program's own code says, from information on, into the file.
pub fn layer<S>(file: Arc<LogFile>) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let data = file.data_folder().to_str().map(str::to_owned);
    Lines { file, data }.with_filter(own())
}

/// Other people's code says what it likes, so none of it is written down.
fn own<S>() -> impl Filter<S> {
    filter_fn(|event| *event.level() <= Level::INFO && event.target().starts_with("shiwen"))
}

struct Lines {
    file: Arc<LogFile>,
    /// The data folder, which may be anywhere and is named after anything.
    data: Option<String>,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        let mut said = Said { data: self.data.as_deref(), ..Said::default() };
        event.record(&mut said);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        let at = rfc3339(Timestamp::now());
        self.file.write(&format!("{at} {level:5} {target}: {}{}\n", said.message, said.fields));
    }
}

/// `2026-11-20T07:15:10.123Z`.
pub fn rfc3339(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0);
    at.map(|at| format!("{at:.3}")).unwrap_or_default()
}

/// What an event says.
#[derive(Default)]
struct Said<'a> {
    data: Option<&'a str>,
    message: String,
    fields: String,
}

impl Said<'_> {
    fn add(&mut self, field: &Field, value: &str) {
        let value = clean(value, self.data);
        match field.name() {
            "message" => self.message = value,
            // Writing into a String cannot fail.
            name if FIELDS.contains(&name) && value.contains(' ') => {
                let _ = write!(self.fields, " {name}=\"{value}\"");
            }
            name if FIELDS.contains(&name) => {
                let _ = write!(self.fields, " {name}={value}");
            }
            _ => {}
        }
    }
}

impl Visit for Said<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut source = value.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        self.add(field, &text);
    }
}

/// A value as it may be written down, in one line.
fn clean(value: &str, data: Option<&str>) -> String {
    let text = shiwen_http::redact(value, &[]);
    let text = match data {
        Some(data) => text.replace(data, "[data]"),
        None => text,
    };
    let text = ADDRESS.replace_all(&text, |found: &Captures| format!("{}…", &found["host"]));
    let text = without_home(&text, HOME.as_deref());
    let one_line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    one_line.take(LONGEST).collect()
}

/// An address leads somewhere by what stands behind its host.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the pattern is fixed, and used by a test")]
    Regex::new(r#"(?<host>[A-Za-z][A-Za-z0-9+.-]*://[^/\s"'<>]*)/[^\s"'<>]+"#)
        .expect("a fixed pattern")
});

static HOME: LazyLock<Option<String>> = LazyLock::new(|| {
    let home = dirs::home_dir()?.to_str()?.to_owned();
    (home.len() > 1).then_some(home)
});

/// `~` in the place of the user's home: it often holds their name.
fn without_home(text: &str, home: Option<&str>) -> String {
    match home {
        Some(home) => text.replace(home, "~"),
        None => text.to_owned(),
    }
}

/// A path without the user's name, as far as it is below their home.
pub fn path_without_home(path: &Path) -> String {
    without_home(&path.to_string_lossy(), HOME.as_deref())
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// What the log holds after something was said.
    fn logged(say: impl FnOnce()) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = Arc::new(LogFile::new(folder.path()));
        let subscriber = tracing_subscriber::registry().with(layer(file.clone()));
        tracing::subscriber::with_default(subscriber, say);
        std::fs::read_to_string(file.path()).unwrap_or_default()
    }

    #[test]
    fn a_line_says_when_who_and_what() {
        let log = logged(|| {
            tracing::info!(task = 7, provider = "coze", ms = 12_u64, "answered");
        });
        let (at, rest) = log.split_once(' ').unwrap();
        assert!(at.len() == 24 && at.ends_with('Z'), "{at}");
        assert_eq!(rest, "INFO  shiwen_session::log::tests: answered task=7 provider=coze ms=12\n");
    }

    #[test]
    fn fields_that_nobody_vouches_for_are_left_out() {
        let log = logged(|| {
            tracing::warn!(title = "红烧肉", failure = "红烧肉", kind = "not-found", "it failed");
        });
        assert!(!log.contains("红烧肉"), "{log}");
        assert!(log.ends_with("it failed kind=not-found\n"), "{log}");
    }

    #[test]
    fn only_this_program_s_own_words_from_information_on_are_kept() {
        let log = logged(|| {
            tracing::debug!("too small");
            tracing::error!(target: "hyper", "of somebody else");
        });
        assert_eq!(log, "");
    }

    #[test]
    fn what_is_written_holds_no_key_no_link_and_no_second_line() {
        let key = format!("pat_{}", "a".repeat(24));
        let log = logged(|| {
            let error = format!("Bearer {key}\nat https://v.douyin.com/iRk3xQ7/?x=1 for {key}");
            tracing::warn!(%error, "refused");
        });
        assert!(!log.contains(&key) && !log.contains("iRk3xQ7"), "{log}");
        assert!(log.contains("https://v.douyin.com…"), "{log}");
        assert_eq!(log.lines().count(), 1);
    }

    #[test]
    fn the_data_folder_is_not_named() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("老王的");
        let file = Arc::new(LogFile::new(&data));
        let subscriber = tracing_subscriber::registry().with(layer(file.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let error = format!("cannot be written: {}", data.join("shiwen.db").display());
            tracing::warn!(error, "the history failed");
        });
        let log = std::fs::read_to_string(file.path()).unwrap();
        assert!(log.contains("[data]") && !log.contains("老王"), "{log}");
    }

    #[test]
    fn a_home_is_not_named() {
        let told =
            without_home("cannot open /users/laowang/data/shiwen.db", Some("/users/laowang"));
        assert_eq!(told, "cannot open ~/data/shiwen.db");
    }
}
