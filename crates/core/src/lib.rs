//! The app's words as types. No I/O: everything here can be made, compared and printed in a test.
//!
//! The same words stand in SQL, TypeScript and on screen; each closed list has one stable text form
//! (`as_str`), which is what the database, the bindings and the command line use.

mod attempt;
mod count;
mod desk;
mod failure;
mod form;
mod history;
mod link;
mod output;
mod provider;
mod task;
mod time;
mod video;
mod view;
mod word;

pub use attempt::{Attempt, AttemptId, Evidence, Hint, Outcome};
pub use count::count_words;
pub use desk::{
    NetworkTest, Paste, ProviderHealth, Reached, RecentFailure, RecentTask, Retried, SpendDay,
    SpendMonth, Spent,
};
pub use failure::{Charged, Failure, FailureKind};
pub use form::{
    Collection, CollectionCall, Entry, Fault, FaultKind, FieldKind, Form, FormField, Input, Item,
    Items, Verb,
};
pub use history::{
    Backup, BackupKind, Comparison, Excerpt, Export, ExportFailure, ExportFormat, ExportOrder,
    ExportState, Filter, Hit, HitCount, HitPage, Imported, Piece, PieceKind, Place, Query,
    SameVideo, SearchOrder, Selection, TagCount, TextRef, TidySteps, Trashed,
};
pub use link::{Landing, Link, LinkKind, Platform};
pub use output::{
    Analysis, Blueprint, ContentIdea, Keyframe, Output, Plan, Scrape, ScrapedVideo, Work, WorkKind,
};
pub use provider::{Allowance, Desk, Operation, ProviderId, Unit};
pub use task::{
    BatchId, CancelCause, Found, NewTask, PasteId, Task, TaskId, TaskState, Transcript,
    TranscriptKind, Wait, WaitReason,
};
pub use time::Timestamp;
pub use view::{
    Chip, Detection, Download, DownloadFailure, DownloadState, FieldView, Known, LookedUp, Media,
    Notice, Order, ProviderView, Submission, TaskChange, TaskDetail, TaskPage,
};
pub use word::UnknownWord;
