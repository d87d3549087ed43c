//! The published workflows: what each is called with, and what its end node puts out.

use serde_json::{Value, json};

use crate::{accounts, ids::Ticket, media, nasty, scenario::Scenario, state::State, texts::Talk};

/// The two hosts of Coze, which know nothing of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Region {
    /// api.coze.cn
    Mainland,
    /// api.coze.com
    International,
}

/// A published workflow. Names of inputs and outputs are its author's choice, not Coze's.
#[derive(Debug)]
pub(crate) struct Workflow {
    pub(crate) id: &'static str,
    region: Region,
    /// The start node's only input.
    pub(crate) parameter: &'static str,
    pub(crate) gives: Gives,
    /// Whether its answers look as in the newer documents: no `Success`, a used-up budget, no code when started.
    pub(super) is_new: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// JSON with `content` and `title`.
    Transcript,
    /// The words alone.
    PlainTranscript,
    /// The names of the vendor's example: `cover_url` holds the video, `output` the cover.
    Info,
    /// Names that say what is in them.
    PlainlyNamedInfo,
}

impl Gives {
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Transcript => "transcript as JSON",
            Self::PlainTranscript => "transcript as plain text",
            Self::Info => "video info, names as in the vendor's example",
            Self::PlainlyNamedInfo => "video info, names that say what they hold",
        }
    }
}

const fn workflow(id: &'static str, parameter: &'static str, gives: Gives) -> Workflow {
    Workflow { id, region: Region::Mainland, parameter, gives, is_new: false }
}

/// The place in this list is kept in ids.
pub(crate) const WORKFLOWS: &[Workflow] = &[
    workflow(accounts::COZE_TRANSCRIPT_WORKFLOW, "input", Gives::Transcript),
    workflow(accounts::COZE_INFO_WORKFLOW, "input", Gives::Info),
    Workflow {
        is_new: true,
        ..workflow(accounts::COZE_PLAIN_TRANSCRIPT_WORKFLOW, "url", Gives::PlainTranscript)
    },
    Workflow {
        is_new: true,
        ..workflow(accounts::COZE_NEW_INFO_WORKFLOW, "share_text", Gives::PlainlyNamedInfo)
    },
    Workflow {
        region: Region::International,
        ..workflow(accounts::COZE_COM_TRANSCRIPT_WORKFLOW, "input", Gives::Transcript)
    },
];
const _: () = assert!(WORKFLOWS.len() <= crate::ids::LANGUAGES as usize);

impl Workflow {
    pub(super) fn find(region: Region, id: &str) -> Option<&'static Self> {
        WORKFLOWS.iter().find(|workflow| workflow.region == region && workflow.id == id)
    }

    /// What an id carries of it.
    pub(super) fn number(&self) -> u64 {
        WORKFLOWS.iter().position(|workflow| workflow.id == self.id).unwrap_or_default() as u64
    }

    /// The text that it was called with. The whole object may come as a string, too.
    pub(super) fn input(&self, parameters: &Value) -> Option<String> {
        let unpacked = parameters.as_str().and_then(|text| serde_json::from_str(text).ok());
        let parameters: &Value = unpacked.as_ref().unwrap_or(parameters);
        let input = parameters.get(self.parameter)?.as_str()?;
        (!input.trim().is_empty()).then(|| input.to_owned())
    }

    /// What the end node puts out.
    pub(super) fn output(&self, state: &State, ticket: Ticket) -> String {
        let Talk { title, author, mut text } = state.talk(ticket);
        if ticket.scenario == Scenario::Empty {
            text.clear();
        }
        let (base, seed, scenario) = (&state.url, ticket.seed, ticket.scenario);
        let avatar = media::avatar_url(base, seed, scenario);
        let video = media::video_url(base, seed, scenario);
        let cover = nasty::cover_url(base, seed, scenario);
        match self.gives {
            Gives::Transcript => json!({ "content": text, "title": title }).to_string(),
            Gives::PlainTranscript => text,
            Gives::Info => json!({
                "avatar": avatar,
                "nickname": author,
                "title": title,
                "cover_url": video,
                "output": cover,
            })
            .to_string(),
            Gives::PlainlyNamedInfo => json!({
                "avatar": avatar,
                "nickname": author,
                "title": title,
                "video_url": video,
                "cover_url": cover,
            })
            .to_string(),
        }
    }

    /// As much of the output as a trimmed history keeps, still readable.
    pub(super) fn trimmed_output(&self, state: &State, ticket: Ticket) -> String {
        let output = self.output(state, ticket);
        let cut = |text: &str| text.chars().take(text.chars().count() * 2 / 5).collect::<String>();
        match serde_json::from_str::<Value>(&output) {
            Ok(mut fields) => {
                if let Some(content) = fields["content"].as_str() {
                    fields["content"] = json!(cut(content));
                }
                fields.to_string()
            }
            Err(_) => cut(&output),
        }
    }

    pub(super) fn debug_url(&self, ticket: Ticket) -> String {
        let (workflow_id, execute_id) = (self.id, ticket.number());
        format!(
            "https://www.coze.example/work_flow?execute_id={execute_id}&space_id=7400000000000000009&workflow_id={workflow_id}&execute_mode=2"
        )
    }
}
