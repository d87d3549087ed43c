//! What the history is asked for, and what it answers: searching, versions, exporting, the trash.

use crate::{
    Operation, Platform, ProviderId, Task, TaskId, TaskState, Timestamp, TranscriptKind,
    word::words,
};

/// Which tasks; an empty list or none lets all pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Filter {
    pub platforms: Vec<Platform>,
    pub providers: Vec<ProviderId>,
    pub operations: Vec<Operation>,
    pub states: Vec<TaskState>,
    /// A task has all of them.
    pub tags: Vec<String>,
    pub starred: Option<bool>,
    /// A transcript came back.
    pub has_text: Option<bool>,
    /// Made at this time or later.
    pub from: Option<Timestamp>,
    /// Made before this time.
    pub until: Option<Timestamp>,
}

/// What stands in the search box, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Query {
    /// Each is found as it stands, anywhere in one field of a task; a task has all of them.
    pub words: Vec<String>,
    pub filter: Filter,
    /// Parts that look like a filter and are none (`平台:抖`): searched for as words, and said.
    pub unknown: Vec<String>,
}

words! {
    /// Which hits come first.
    pub enum SearchOrder {
        Newest = "newest",
        /// Those whose title has all words, then the rest; each newest first.
        Titles = "titles",
    }
}

words! {
    /// Where a word was found.
    pub enum Place {
        Title = "title",
        Author = "author",
        Text = "text",
        Note = "note",
        Tag = "tag",
        Link = "link",
    }
}

/// A stretch of a field with the words in it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Excerpt {
    pub place: Place,
    /// Which version of the transcript it is from.
    pub version: Option<u32>,
    /// One line.
    pub text: String,
    /// Parts of `text` to mark, as UTF-16 offsets `[start, end)`, in order.
    pub marks: Vec<(u32, u32)>,
    /// Text stands before and behind it.
    pub cut: (bool, bool),
}

/// A task that was found.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Hit {
    pub task: Task,
    /// Parts of the title to mark, as UTF-16 offsets.
    pub title_marks: Vec<(u32, u32)>,
    /// The best place outside the title; none where the words stand in the title alone, or no words were asked for.
    pub excerpt: Option<Excerpt>,
    /// How often the words stand in the shown version of the text.
    pub count: u32,
}

/// Hits, in the order that was asked for.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct HitPage {
    pub hits: Vec<Hit>,
    /// Hand it back for the page behind this one; none at the end. A page that is not full was given up there.
    pub after: Option<String>,
    /// The text as it was understood.
    pub query: Query,
}

/// How many tasks are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct HitCount {
    pub count: u32,
    /// False where counting was given up: there are at least so many.
    pub exact: bool,
}

/// Tasks that something is to be done with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    Tasks {
        ids: Vec<TaskId>,
    },
    /// All that a text in the search box finds; an empty one finds everything that is not in the trash.
    Found {
        query: String,
    },
}

/// What was moved to the trash at once, so that it can be taken back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Trashed {
    pub count: u32,
    /// Left where they are, since they are just being submitted.
    pub left: u32,
    /// Names this act.
    pub at: Timestamp,
}

/// A tag and how many tasks have it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TagCount {
    pub tag: String,
    pub tasks: u32,
}

/// One version of one task's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TextRef {
    pub task: TaskId,
    pub version: u32,
}

/// Another task about the same video that has a text: what was extracted again, or by another provider.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SameVideo {
    pub text: TextRef,
    pub provider: ProviderId,
    pub kind: TranscriptKind,
    pub words: u32,
    pub created_at: Timestamp,
}

words! {
    /// What a stretch of two compared texts is.
    pub enum PieceKind {
        Same = "same",
        Added = "added",
        Removed = "removed",
    }
}

/// A stretch of a compared text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Piece {
    pub kind: PieceKind,
    pub text: String,
}

/// Two texts with their differences: without what was removed the pieces are the new text, without what was added the
/// old one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Comparison {
    pub pieces: Vec<Piece>,
    /// Places that differ.
    pub differences: u32,
    /// 字数 of the old and the new one.
    pub words: (u32, u32),
}

/// What is tidied in a text, each on its own switch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TidySteps {
    /// Drop time stamps.
    pub time_stamps: bool,
    /// Drop the names of speakers at the beginning of lines.
    pub speakers: bool,
    /// Join lines that were broken inside a sentence.
    pub join_lines: bool,
    /// Make paragraphs at the ends of sentences.
    pub paragraphs: bool,
    /// Repair full and half width: punctuation as its language writes it, letters and digits half width.
    pub widths: bool,
    /// Put a space between Chinese and Latin.
    pub spaces: bool,
    /// Drop the words of `filler_words` where they say nothing.
    pub fillers: bool,
    pub filler_words: Vec<String>,
}

impl Default for TidySteps {
    fn default() -> Self {
        Self {
            time_stamps: true,
            speakers: false,
            join_lines: true,
            paragraphs: true,
            widths: true,
            spaces: false,
            fillers: false,
            filler_words: ["嗯", "呃", "额", "啊", "就是说", "然后呢", "那个", "这个"]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

words! {
    /// What a file of exported tasks is.
    pub enum ExportFormat {
        Txt = "txt",
        Markdown = "md",
        Docx = "docx",
        Csv = "csv",
        Xlsx = "xlsx",
        Json = "json",
    }
}

/// What is to be exported, and how.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ExportOrder {
    pub selection: Selection,
    pub format: ExportFormat,
    /// A file for each task instead of one for all.
    pub each: bool,
    /// How a task is written in `txt` and `md`, with `{{title}}` and the like; none takes the format's own way.
    pub template: Option<String>,
    /// The file, or the folder where there is one for each; none makes one in the folder of downloads.
    pub path: Option<String>,
}

words! {
    /// How an export stands.
    pub enum ExportState {
        Running = "running",
        Done = "done",
        Failed = "failed",
        /// Nothing is left of it.
        Cancelled = "cancelled",
    }
}

words! {
    /// Why tasks could not be exported.
    pub enum ExportFailure {
        DiskFull = "disk_full",
        /// The file or folder cannot be written.
        Unwritable = "unwritable",
        /// Nothing was selected, or it is gone.
        Nothing = "nothing",
        /// The search finds nothing.
        NothingFound = "nothing_found",
        /// More rows than a table file may have.
        TooMany = "too_many",
        History = "history",
    }
}

/// An export on its way.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Export {
    pub id: u32,
    pub state: ExportState,
    pub format: ExportFormat,
    /// Tasks that are written.
    pub done: u32,
    /// Tasks in all.
    pub total: u32,
    /// The file, or the folder of the files.
    pub path: String,
    pub failure: Option<ExportFailure>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Imported {
    /// Tasks that history did not have.
    pub added: u32,
    /// Tasks that it had, and that learned something: a version, a note, a tag, a star.
    pub merged: u32,
    /// Tasks that it had already as they are.
    pub known: u32,
    /// Entries that hold nothing to keep, or cannot be read.
    pub skipped: u32,
}

words! {
    /// Why a backup was made.
    pub enum BackupKind {
        /// By the program, once a day.
        Daily = "daily",
        /// By the user.
        Wished = "wished",
        /// Before the schema changed.
        Migration = "migration",
        /// It was the history until another backup took its place.
        Replaced = "replaced",
    }
}

/// A backup of the whole history.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Backup {
    pub path: String,
    pub kind: BackupKind,
    pub at: Timestamp,
    pub bytes: f64,
}
