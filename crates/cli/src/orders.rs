//! `generate`, `caption`, `overlay`, and what RawUGC looks for and plans: what is asked with a form.

use std::path::PathBuf;

use clap::Subcommand;
use shiwen_core::{Media, Operation, Order, Output, ProviderId, TaskDetail, TaskId, Work};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::{
    download,
    form::{self, InForm, Setting},
    json,
    links::{offering, provider},
    output::{Exit, say},
    patience::Patience,
    print,
};

#[derive(Subcommand)]
pub(crate) enum Generate {
    /// A video.
    #[command(after_help = form::described_for(Operation::GenerateVideo))]
    Video {
        #[command(flatten)]
        generated: Generated,
        #[arg(long, value_parser = offering(Operation::GenerateVideo))]
        provider: Option<ProviderId>,
    },
    /// A picture.
    #[command(after_help = form::described_for(Operation::GenerateImage))]
    Image {
        #[command(flatten)]
        generated: Generated,
        #[arg(long, value_parser = offering(Operation::GenerateImage))]
        provider: Option<ProviderId>,
    },
    /// A piece of music.
    #[command(after_help = form::described_for(Operation::GenerateMusic))]
    Music {
        #[command(flatten)]
        generated: Generated,
        #[arg(long, value_parser = offering(Operation::GenerateMusic))]
        provider: Option<ProviderId>,
    },
}

#[derive(clap::Args)]
pub(crate) struct Generated {
    /// What it is to be like; `-` reads standard input.
    #[arg(long)]
    prompt: Option<String>,
    /// Which of the provider's models, where there is a choice.
    #[arg(long)]
    model: Option<String>,
    #[command(flatten)]
    rest: Rest,
}

#[derive(clap::Args)]
pub(crate) struct Caption {
    /// The task whose video gets captions.
    task: u32,
    /// A code like en; without one the provider listens for itself.
    #[arg(long)]
    language: Option<String>,
    #[command(flatten)]
    edit: Edit,
}

#[derive(clap::Args)]
pub(crate) struct Overlay {
    /// The task whose video gets the text.
    task: u32,
    #[arg(long)]
    text: String,
    /// top, center or bottom.
    #[arg(long)]
    position: Option<String>,
    #[command(flatten)]
    edit: Edit,
}

#[derive(clap::Args)]
struct Edit {
    /// Which of the task's works, as `show` counts them; the newest version by default.
    #[arg(long, value_name = "N")]
    work: Option<usize>,
    #[command(flatten)]
    rest: Rest,
}

#[derive(clap::Args)]
pub(crate) struct Rest {
    /// A field of the form; several times for a field that takes several.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<Setting>,
    /// Download the works into this folder.
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,
    #[command(flatten)]
    patience: Patience,
}

impl Generate {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let (operation, generated, named) = match self {
            Self::Video { generated, provider } => (Operation::GenerateVideo, generated, provider),
            Self::Image { generated, provider } => (Operation::GenerateImage, generated, provider),
            Self::Music { generated, provider } => (Operation::GenerateMusic, generated, provider),
        };
        let provider = provider(session, *named, operation)?;
        let prompt = match &generated.prompt {
            Some(prompt) => Some(crate::extract::read(Some(prompt))?),
            None => None,
        };
        let own = [("prompt", &prompt), ("model", &generated.model)];
        let wish = Wish { provider, operation, parent: None, own: &own };
        generated.rest.place(session, &wish, json, words).await
    }
}

impl Caption {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let own = [("language", &self.language)];
        self.edit.run(session, (Operation::Captions, self.task), &own, json, words).await
    }
}

impl Overlay {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let text = Some(self.text.clone());
        let own = [("text", &text), ("position", &self.position)];
        self.edit.run(session, (Operation::Overlay, self.task), &own, json, words).await
    }
}

impl Edit {
    async fn run(
        &self,
        session: &Session,
        (operation, task): (Operation, u32),
        own: &[(&str, &Option<String>)],
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let parent = TaskId(task);
        let detail = session.engine.store().detail(parent).map_err(EngineError::from)?;
        // An unknown one is sent as such: the form's check says what is wrong with it.
        let id = self.edited(&detail).and_then(|work| work.remote_id.clone());
        let own = [own, &[("videoId", &id)]].concat();
        let provider = detail.task.provider;
        let wish = Wish { provider, operation, parent: Some(parent), own: &own };
        self.rest.place(session, &wish, json, words).await
    }

    fn edited<'a>(&self, detail: &'a TaskDetail) -> Option<&'a Work> {
        let Some(Output::Works { works }) = &detail.output else { return None };
        match self.work {
            Some(place) => works.get(place.checked_sub(1)?),
            None => works.iter().max_by_key(|work| work.version),
        }
    }
}

/// What is ordered, with what has an option of its own.
pub(crate) struct Wish<'a> {
    pub(crate) provider: ProviderId,
    pub(crate) operation: Operation,
    pub(crate) parent: Option<TaskId>,
    pub(crate) own: &'a [(&'a str, &'a Option<String>)],
}

impl Rest {
    /// Orders it, waits for it and shows what came. Nothing is spent when a field is wrong.
    pub(crate) async fn place(
        &self,
        session: &Session,
        wish: &Wish<'_>,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let forms = session.engine.forms();
        let form = forms
            .iter()
            .find(|it| it.provider == wish.provider && it.operation == Some(wish.operation))
            .ok_or(EngineError::NotOffered(wish.provider))?;
        let order = Order {
            provider: wish.provider,
            operation: wish.operation,
            input: form::input(form, &self.settings(wish)),
            parent: wish.parent,
        };
        let ordered = session.engine.order(&order);
        let task = ordered
            .map_err(|error| anyhow::Error::from(error).context(InForm::of(form, &order.input)))?;
        let mut done = false;
        let show = |detail: &TaskDetail, index, exit| {
            done = detail.task.state == shiwen_core::TaskState::Succeeded;
            if json {
                say!("{}", json::line(detail)?);
                return Ok(());
            }
            print::task(session, detail, index, exit, words)
        };
        let exit = self.patience.with(session, &[task], words, show).await?;
        match &self.save {
            Some(folder) if done => Ok(exit.max(save(session, task, folder, json, words).await?)),
            _ => Ok(exit),
        }
    }

    /// What has an option of its own, before what was set.
    fn settings(&self, wish: &Wish<'_>) -> Vec<Setting> {
        let own = wish
            .own
            .iter()
            .filter_map(|(name, value)| value.as_deref().map(|value| Setting::new(name, value)));
        own.chain(self.settings.iter().cloned()).collect()
    }
}

/// Downloads all works of a task.
async fn save(
    session: &Session,
    task: TaskId,
    folder: &std::path::Path,
    json: bool,
    words: &Words,
) -> anyhow::Result<Exit> {
    let works = session.engine.store().task(task).map_err(EngineError::from)?.works;
    let mut worst = Exit::Done;
    for index in 0..u32::try_from(works.len()).unwrap_or(u32::MAX) {
        let media = Media::Work { index };
        worst = worst.max(download::bring(session, task, media, Some(folder), json, words).await?);
    }
    Ok(worst)
}
