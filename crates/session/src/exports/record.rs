//! What the store keeps of a task, as files have it, and back.

use shiwen_core::ProviderId;
use shiwen_export::Exported;
use shiwen_store::{HistoryRecord, ImportedTask, ImportedText};

/// A provider's proper name.
pub(crate) fn provider(id: ProviderId) -> &'static str {
    shiwen_providers::service(id).map_or(id.as_str(), |service| service.card().name)
}

pub(super) fn exported(record: HistoryRecord) -> Exported {
    Exported::new(&record.task, record.share_text, record.transcripts, record.output)
}

pub(super) fn imported(task: Exported) -> ImportedTask {
    let text = |text: shiwen_core::Transcript| ImportedText {
        kind: text.kind,
        text: text.text,
        incomplete: text.incomplete,
        created_at: text.created_at,
    };
    ImportedTask {
        share_text: task.share_text,
        link: task.link,
        operation: task.operation,
        provider: task.provider,
        subject: task.subject,
        model: task.model,
        target_language: task.target_language,
        title: task.title,
        author: task.author,
        duration_s: task.duration_s,
        created_at: task.created_at,
        ended_at: task.ended_at,
        starred: task.starred,
        note: task.note,
        tags: task.tags,
        transcripts: task.transcripts.into_iter().map(text).collect(),
        output: task.output,
    }
}
