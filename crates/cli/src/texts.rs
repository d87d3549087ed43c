//! `transcribe`, `resolve`, `analyze`: what is asked about the videos of a share text.

use shiwen_core::{Entry, Input, Operation, ProviderId};
use shiwen_session::{Session, Words};

use crate::{
    links::{Asked, Links, offering},
    output::Exit,
};

#[derive(clap::Args)]
pub(crate) struct Transcribe {
    #[command(flatten)]
    links: Links,
    /// By default the one used last, else the first that is set up.
    #[arg(long, value_parser = offering(Operation::Transcribe))]
    provider: Option<ProviderId>,
    /// Providers to go on with, in this order, where the one before provably starts nothing: a comma between them.
    /// Each may then be paid.
    #[arg(long, value_name = "PROVIDERS", value_delimiter = ',', value_parser = offering(Operation::Transcribe))]
    then: Vec<ProviderId>,
    /// Translate into this language (en, ja, ko …), where the provider can.
    #[arg(long, value_name = "LANGUAGE")]
    translate: Option<String>,
    /// Coze: the saved workflow to run, by its id or its name in the settings.
    #[arg(long)]
    workflow: Option<String>,
    /// Send up to as many links as the provider takes in one create call. What such a call costs may be unpublished.
    #[arg(long)]
    together: bool,
}

#[derive(clap::Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    links: Links,
    /// By default the one used last, else the first that is set up.
    #[arg(long, value_parser = offering(Operation::Resolve))]
    provider: Option<ProviderId>,
    /// Providers to go on with, in this order, where the one before provably starts nothing: a comma between them.
    /// Each may then be paid.
    #[arg(long, value_name = "PROVIDERS", value_delimiter = ',', value_parser = offering(Operation::Resolve))]
    then: Vec<ProviderId>,
    /// Coze: the saved workflow to run, by its id or its name in the settings.
    #[arg(long)]
    workflow: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct Analyze {
    #[command(flatten)]
    links: Links,
    /// By default the one used last, else the first that is set up.
    #[arg(long, value_parser = offering(Operation::Analyze))]
    provider: Option<ProviderId>,
    /// What to look for, besides what every analysis says.
    #[arg(long)]
    prompt: Option<String>,
}

impl Transcribe {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let asked = Asked {
            operation: Operation::Transcribe,
            provider: self.provider.or(of_workflow(self.workflow.as_deref())),
            target_language: self.translate.clone(),
            input: workflow(session, self.workflow.as_deref())?,
            together: self.together,
            then: self.then.clone(),
        };
        self.links.run(&asked, session, json, words).await
    }
}

impl Resolve {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let asked = Asked {
            operation: Operation::Resolve,
            provider: self.provider.or(of_workflow(self.workflow.as_deref())),
            target_language: None,
            input: workflow(session, self.workflow.as_deref())?,
            together: false,
            then: self.then.clone(),
        };
        self.links.run(&asked, session, json, words).await
    }
}

impl Analyze {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let prompt = self.prompt.clone().map(|prompt| ("prompt".to_owned(), Entry::Text(prompt)));
        let asked = Asked {
            operation: Operation::Analyze,
            provider: self.provider,
            target_language: None,
            input: prompt.into_iter().collect(),
            together: false,
            then: Vec::new(),
        };
        self.links.run(&asked, session, json, words).await
    }
}

/// Only Coze has workflows, so naming one names it.
fn of_workflow(workflow: Option<&str>) -> Option<ProviderId> {
    workflow.map(|_| ProviderId::Coze)
}

/// A workflow by its id. One that goes by a name is looked up in the account's settings.
fn workflow(session: &Session, wanted: Option<&str>) -> anyhow::Result<Input> {
    let Some(wanted) = wanted else { return Ok(Input::new()) };
    let view = session.engine.provider(ProviderId::Coze)?;
    let saved = view.fields.iter().find(|field| field.name == "workflows");
    let rows: Vec<std::collections::BTreeMap<String, String>> = saved
        .and_then(|field| field.value.as_deref())
        .and_then(|value| serde_json::from_str(value).ok())
        .unwrap_or_default();
    let named = rows.iter().find(|row| row.get("name").map(String::as_str) == Some(wanted));
    let id = named.and_then(|row| row.get("id")).map_or(wanted, String::as_str);
    Ok(Input::from([("workflow".to_owned(), Entry::Text(id.to_owned()))]))
}
