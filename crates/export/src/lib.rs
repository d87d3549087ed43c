//! Tasks of the history as files and as a table: TXT, Markdown, DOCX, CSV, XLSX, our own JSON, and the clipboard.
//!
//! Everything is written as it comes, so that a hundred thousand tasks take no more memory than one. Nothing here knows
//! folders, the history or the window: a task is an [`Exported`], the words around it come from [`Wording`], and the
//! bytes go to whatever can be written.
//!
//! ```
//! # use std::io::Cursor;
//! # use shiwen_core::{ExportFormat, Timestamp};
//! # use shiwen_export::{Exported, Plan, Wording, Writer};
//! # fn main() -> Result<(), shiwen_export::WriteError> {
//! # let (tasks, wording) = (Vec::<Exported>::new(), Wording::utc(|key| key.to_owned()));
//! let plan = Plan { format: ExportFormat::Txt, template: None, tasks: 0, at: Timestamp(0) };
//! let mut writer = Writer::new(plan, &wording, Cursor::new(Vec::new()))?;
//! for task in &tasks {
//!     writer.add(task)?;
//! }
//! let bytes = writer.finish()?.into_inner();
//! # assert!(bytes.is_empty());
//! # Ok(())
//! # }
//! ```

mod cells;
mod clean;
mod csv_file;
mod docx;
mod exported;
mod json;
mod json_reader;
mod ledger;
mod markdown;
mod outline;
mod package;
mod table;
mod template;
mod txt;
mod wording;
mod writer;
mod xlsx;

pub use exported::Exported;
pub use json_reader::{ReadError, read_json};
pub use ledger::write_ledger;
pub use table::{Table, table};
pub use template::{Template, TemplateError};
pub use wording::{Field, Wording};
pub use writer::{Plan, WriteError, Writer};
