//! The words around the texts, in the user's language and zone.

use std::borrow::Cow;

use jiff::{Zoned, tz::TimeZone};
use shiwen_core::{ProviderId, TaskState, Timestamp};

use crate::{Exported, clean, outline};

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $name:literal,)+) => {
        /// A fact of a task: a column of tables, a name of templates.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field { $($(#[$doc])* $field,)+ }

        impl Field {
            pub const ALL: &[Field] = &[$(Field::$field,)+];

            /// Its name in templates; `cli.export.` before it is the key of its word.
            pub const fn name(self) -> &'static str {
                match self { $(Field::$field => $name,)+ }
            }
        }
    };
}

fields! {
    Title = "title",
    Author = "author",
    Platform = "platform",
    /// 字数 of the text.
    Words = "words",
    Duration = "duration",
    /// The day on which the task was made.
    Date = "date",
    /// The time of that day.
    Time = "time",
    Provider = "provider",
    Operation = "operation",
    State = "state",
    Url = "url",
    Tags = "tags",
    Starred = "starred",
    Note = "note",
    Text = "text",
    ShareText = "share_text",
}

type Say = Box<dyn Fn(&str) -> String + Send + Sync>;

/// Says everything that stands in a file besides what the task holds itself.
pub struct Wording {
    say: Say,
    provider: fn(ProviderId) -> &'static str,
    zone: TimeZone,
}

impl Wording {
    /// Words by their keys in the message files, in the zone of this machine.
    pub fn new(
        say: impl Fn(&str) -> String + Send + Sync + 'static,
        provider: fn(ProviderId) -> &'static str,
    ) -> Self {
        Self { say: Box::new(say), provider, zone: TimeZone::system() }
    }

    /// As [`Wording::new`], in UTC and with the words of providers for their names.
    pub fn utc(say: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self { say: Box::new(say), provider: ProviderId::as_str, zone: TimeZone::UTC }
    }

    pub(crate) fn say(&self, key: &str) -> String {
        (self.say)(key)
    }

    /// A provider's proper name.
    pub(crate) fn provider(&self, id: ProviderId) -> &'static str {
        (self.provider)(id)
    }

    /// What a field is called.
    pub fn label(&self, field: Field) -> String {
        self.say(&format!("cli.export.{}", field.name()))
    }

    /// A fact of a task as text; empty where it has none.
    pub fn value<'a>(&self, field: Field, task: &'a Exported) -> Cow<'a, str> {
        let text = |text: Option<&str>| text.map(clean::text).unwrap_or_default();
        let line = |text: Option<&str>| text.map(clean::line).unwrap_or_default();
        Cow::Owned(match field {
            Field::Title => line(task.title.as_deref()),
            Field::Author => line(task.author.as_deref()),
            Field::Platform => {
                let platform = task.link.as_ref().map(|link| link.platform);
                platform.map(|word| self.say(&format!("platform.{word}"))).unwrap_or_default()
            }
            Field::Words => self.words(task).map(|words| words.to_string()).unwrap_or_default(),
            Field::Duration => task.duration_s.map(clock).unwrap_or_default(),
            Field::Date => self.at(task.created_at, "%Y-%m-%d"),
            Field::Time => self.at(task.created_at, "%H:%M"),
            Field::Provider => self.provider(task.provider).to_owned(),
            Field::Operation => self.say(&format!("operation.{}", task.operation)),
            Field::State => match task.state {
                TaskState::Uncertain => self.say("state.uncertain_short"),
                state => self.say(&format!("state.{state}")),
            },
            Field::Url => line(task.url()),
            Field::Tags => {
                let tags: Vec<_> = task.tags.iter().map(|tag| clean::line(tag)).collect();
                tags.join(&self.say("analysis.comma"))
            }
            Field::Starred if task.starred => "★".to_owned(),
            Field::Starred => String::new(),
            Field::Note => text(task.note.as_deref()),
            Field::Text => return self.text(task),
            Field::ShareText => text(Some(&task.share_text)),
        })
    }

    /// What came of the task: its transcript, else what else came, told in lines.
    fn text<'a>(&self, task: &'a Exported) -> Cow<'a, str> {
        match (task.transcript(), &task.output) {
            (Some(transcript), _) => Cow::Owned(clean::text(&transcript.text)),
            (None, Some(output)) => Cow::Owned(clean::text(&outline::outline(output, self))),
            (None, None) => Cow::Borrowed(""),
        }
    }

    /// 字数 of the transcript.
    pub(crate) fn words(&self, task: &Exported) -> Option<u32> {
        task.transcript().map(|transcript| transcript.words)
    }

    /// What a task without a title is called.
    pub(crate) fn heading(&self, task: &Exported) -> String {
        let title = self.value(Field::Title, task);
        if title.is_empty() { self.say("done.untitled") } else { title.into_owned() }
    }

    /// The facts that stand below a heading, in one line.
    pub(crate) fn facts(&self, task: &Exported) -> String {
        let words = self.words(task);
        let words = words.map(|words| self.say("count.chars").replace("{n}", &words.to_string()));
        let date = format!("{} {}", self.value(Field::Date, task), self.value(Field::Time, task));
        let facts = [
            self.value(Field::Author, task).into_owned(),
            self.value(Field::Platform, task).into_owned(),
            words.unwrap_or_default(),
            self.value(Field::Duration, task).into_owned(),
            date,
            self.value(Field::Provider, task).into_owned(),
        ];
        let facts: Vec<_> =
            facts.iter().map(|fact| fact.trim()).filter(|fact| !fact.is_empty()).collect();
        facts.join(" · ")
    }

    /// `name：text`, as the language writes it.
    pub(crate) fn named(&self, name: &str, text: &str) -> String {
        self.say("analysis.line").replace("{name}", name).replace("{text}", text)
    }

    fn at(&self, time: Timestamp, format: &str) -> String {
        self.zoned(time).map(|time| time.strftime(format).to_string()).unwrap_or_default()
    }

    /// A time with the offset that the zone had then; none outside of what calendars hold.
    pub(crate) fn zoned(&self, time: Timestamp) -> Option<Zoned> {
        let time = jiff::Timestamp::from_millisecond(time.0).ok()?;
        Some(time.to_zoned(self.zone.clone()))
    }
}

/// `3:25`, `1:02:03`.
pub(crate) fn clock(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_on_a_player() {
        assert_eq!([0, 65, 3723].map(clock), ["0:00", "1:05", "1:02:03"]);
    }
}
