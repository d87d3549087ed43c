//! A Momoget task as it stands, video by video.

use serde_json::{Value, json};

use crate::{
    accounts,
    ids::Ticket,
    link::Site,
    nasty,
    scenario::Scenario,
    state::{Stage, State},
};

/// A task as it stands now.
pub(super) struct Progress {
    task_id: String,
    status: &'static str,
    pub(super) error: Option<&'static str>,
    pub(super) created_ms: u64,
    pub(super) updated_ms: u64,
    pub(super) items: Vec<Item>,
}

/// One video of a task.
pub(super) struct Item {
    id: u64,
    url: Option<String>,
    platform: Option<&'static str>,
    /// Empty until it is done.
    status: &'static str,
    title: Option<String>,
    text: Option<String>,
    pub(super) error: Option<&'static str>,
}

impl Progress {
    pub(super) fn of(state: &State, task_id: String, tickets: &[Ticket]) -> Self {
        let items: Vec<Item> = tickets.iter().map(|ticket| Item::of(state, *ticket)).collect();
        let stages: Vec<Stage> = tickets.iter().map(|ticket| state.stage(*ticket)).collect();
        // A batch in which some videos failed is completed all the same.
        let all_failed = items.iter().all(|item| item.error.is_some());
        let odd = tickets.iter().any(|ticket| ticket.scenario == Scenario::BadStatus);
        let status = if stages.iter().all(|stage| *stage == Stage::Done) {
            if all_failed { "failed" } else { "completed" }
        } else if stages.iter().all(|stage| *stage == Stage::Waiting) {
            "pending"
        } else if odd {
            "transcoding"
        } else {
            "processing"
        };
        let error = items.first().and_then(|item| item.error).filter(|_| status == "failed");
        let created_ms = tickets.iter().map(|ticket| ticket.created_ms()).min();
        let updated_ms = tickets.iter().map(|ticket| state.updated_ms(*ticket)).max();
        Self {
            task_id,
            status,
            error,
            created_ms: created_ms.unwrap_or_default(),
            updated_ms: updated_ms.unwrap_or_default(),
            items,
        }
    }

    /// The texts that there are, one after the other.
    pub(super) fn text(&self) -> Option<String> {
        self.items
            .iter()
            .filter_map(|item| item.text.clone())
            .reduce(|all, text| format!("{all}\n\n{text}"))
    }

    pub(super) fn known(&self) -> Value {
        let processed = self.items.iter().filter(|item| !item.status.is_empty()).count();
        let failed = self.items.iter().filter(|item| item.error.is_some()).count();
        json!({
            "task_id": self.task_id,
            "user_id": accounts::MOMOGET_USER_ID,
            "status": self.status,
            "total_count": self.items.len(),
            "processed_count": processed,
            "success_count": processed - failed,
            "failed_count": failed,
            "error_message": self.error,
        })
    }
}

impl Item {
    fn of(state: &State, ticket: Ticket) -> Self {
        let mut item = Self {
            id: ticket.number(),
            url: state.link_of(ticket),
            platform: platform(ticket.site),
            status: "",
            title: None,
            text: None,
            error: None,
        };
        if state.stage(ticket) != Stage::Done {
            return item;
        }
        item.error = match ticket.scenario {
            Scenario::Fail => Some("转写失败，请稍后重试"),
            Scenario::NastyFail => Some(nasty::MESSAGE),
            Scenario::Gone => Some("源视频不存在或已被删除"),
            _ => None,
        };
        item.status = if item.error.is_some() { "failed" } else { "transcribed" };
        if item.error.is_none() {
            let talk = state.talk(ticket);
            item.title = Some(talk.title);
            item.text =
                Some(if ticket.scenario == Scenario::Empty { String::new() } else { talk.text });
        }
        item
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "video_id": format!("vid-{:x}", self.id),
            "title": self.title,
            "platform": self.platform,
            "status": if self.status.is_empty() { "processing" } else { self.status },
            "url": self.url,
            "text": self.text,
            "word_count": characters(self.text.as_deref()),
            "error_message": self.error,
        })
    }
}

pub(super) fn characters(text: Option<&str>) -> usize {
    text.map_or(0, |text| text.chars().count())
}

fn platform(site: Site) -> Option<&'static str> {
    match site {
        Site::Douyin => Some("douyin"),
        Site::Xiaohongshu => Some("xiaohongshu"),
        Site::Kuaishou => Some("kuaishou"),
        Site::Bilibili => Some("bilibili"),
        Site::Toutiao => Some("toutiao"),
        Site::Other => None,
    }
}
