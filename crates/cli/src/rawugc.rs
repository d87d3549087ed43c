//! `rawugc <group> <verb>`: everything that RawUGC keeps for the user. The commands are made from the provider's own
//! collections, so a call that it learns is here at once. Answers are JSON.

use std::{path::PathBuf, time::Duration};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Parser};
use shiwen_core::{Collection, CollectionCall, Items, Operation, ProviderId, Verb};
use shiwen_engine::EngineError;
use shiwen_providers::service;
use shiwen_session::{Session, Words};

use crate::{
    form::{self, InForm, Setting},
    json,
    orders::{Rest, Wish},
    output::{Exit, NeedsYes, NotThere, say},
};

const ID: ProviderId = ProviderId::RawUgc;
/// How long a call may take before something is said about it.
const SILENCE: Duration = Duration::from_secs(2);

/// What was written behind `rawugc`.
pub(crate) enum RawUgc {
    /// Nothing: which groups and verbs there are.
    Groups,
    Call {
        group: String,
        verb: Verb,
        id: Option<String>,
        settings: Vec<Setting>,
        yes: bool,
    },
    Upload {
        file: PathBuf,
    },
    /// `scrape` and `plan` are tasks: paid for, kept, and shown by `show` too.
    Order {
        operation: Operation,
        own: Vec<(&'static str, Option<String>)>,
        rest: Box<Rest>,
    },
}

#[derive(Parser)]
struct Scrape {
    /// What to look for on TikTok.
    #[arg(long)]
    query: Option<String>,
    #[command(flatten)]
    rest: Rest,
}

#[derive(Parser)]
struct Plan {
    /// The id of what a search found, as `rawugc scrape` gives it.
    #[arg(long, value_name = "ID")]
    scrape: Option<String>,
    /// What the contents are to be for.
    #[arg(long)]
    brief: Option<String>,
    #[command(flatten)]
    rest: Rest,
}

fn collections() -> &'static [Collection] {
    service(ID).map_or(&[], |service| service.collections())
}

/// Whether the call is about one thing, which it then needs the id of.
fn takes_id(verb: Verb) -> bool {
    match verb {
        Verb::Get | Verb::Update | Verb::Delete | Verb::Reschedule | Verb::Publish => true,
        Verb::List | Verb::Create | Verb::Refresh | Verb::Search => false,
    }
}

fn about(verb: Verb) -> &'static str {
    match verb {
        Verb::List => "All of them, in pages where there are many",
        Verb::Get => "One, whole",
        Verb::Create => "Make one",
        Verb::Update => "Change one; what is not set stays",
        Verb::Delete => "Delete one for good",
        Verb::Refresh => "Read them anew from where they come from",
        Verb::Search => "Find those that fit",
        Verb::Reschedule => "Plan one for another time",
        Verb::Publish => "Publish one at once",
    }
}

fn about_group(name: &str) -> &'static str {
    match name {
        "videos" => "Videos that it made for you",
        "images" => "Pictures that it made for you",
        "music" => "Music that it made for you",
        "characters" => "People who can appear in generated videos",
        "personas" => "Personas that contents are made for",
        "messaging" => "Messages that contents are to bring across",
        "products" => "Your products with their photos",
        "styles" => "Styles for videos and pictures, built-in ones among them",
        "accounts" => "Connected accounts of social networks",
        "posts" => "Posts: drafts, planned and published ones",
        "viral" => "The library of videos that did well",
        "plans" => "Content plans that were made from searches",
        _ => "What it keeps under this name",
    }
}

fn verb_command(call: &CollectionCall) -> Command {
    let mut command = Command::new(call.verb.as_str())
        .about(about(call.verb))
        .after_help(form::described(&call.form));
    if takes_id(call.verb) {
        command = command.arg(Arg::new("id").required(true).help("Of which one"));
    }
    if !call.form.fields.is_empty() {
        let set = Arg::new("set").long("set").value_name("NAME=VALUE");
        let set = set.action(ArgAction::Append).value_parser(clap::value_parser!(Setting));
        command = command.arg(set.help("A field; several times for a field that takes several"));
    }
    if call.ask {
        let yes = Arg::new("yes").long("yes").action(ArgAction::SetTrue);
        command = command.arg(yes.help("It cannot be taken back, or others see it: do it"));
    }
    command
}

impl Args for RawUgc {
    fn augment_args(command: Command) -> Command {
        let upload =
            Command::new("upload").about("Upload a picture or a video; answers its address").arg(
                Arg::new("file").required(true).value_parser(clap::value_parser!(PathBuf)).help(
                    "A video (mp4, mov, webm) or a picture (png, jpg, webp) of at most 100 MB",
                ),
            );
        let groups = collections().iter().map(|group| {
            let verbs = group.calls.iter().map(verb_command);
            Command::new(group.name.as_str())
                .about(about_group(&group.name))
                .subcommand_required(true)
                .subcommands(verbs)
        });
        command
            .subcommands(groups)
            .subcommand(upload)
            .subcommand(Scrape::augment_args(
                Command::new("scrape")
                    .about("Look for videos on TikTok: a task that costs credits"),
            ))
            .subcommand(Plan::augment_args(
                Command::new("plan")
                    .about("Plan contents from a search: a task that costs credits"),
            ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for RawUgc {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let wrong = || clap::Error::new(clap::error::ErrorKind::InvalidSubcommand);
        let Some((group, matches)) = matches.subcommand() else { return Ok(Self::Groups) };
        match group {
            "upload" => {
                let file = matches.get_one::<PathBuf>("file").cloned().ok_or_else(wrong)?;
                return Ok(Self::Upload { file });
            }
            "scrape" => {
                let Scrape { query, rest } = Scrape::from_arg_matches(matches)?;
                let (operation, own) = (Operation::Scrape, vec![("query", query)]);
                return Ok(Self::Order { operation, own, rest: Box::new(rest) });
            }
            "plan" => {
                let Plan { scrape, brief, rest } = Plan::from_arg_matches(matches)?;
                let own = vec![("scrapeId", scrape), ("brief", brief)];
                return Ok(Self::Order { operation: Operation::Plan, own, rest: Box::new(rest) });
            }
            _ => {}
        }
        let (verb, matches) = matches.subcommand().ok_or_else(wrong)?;
        let verb: Verb = verb.parse().map_err(|_| wrong())?;
        // A call has only the arguments that it can use.
        let settings = matches.try_get_many::<Setting>("set").ok().flatten();
        Ok(Self::Call {
            group: group.to_owned(),
            verb,
            id: matches.try_get_one::<String>("id").ok().flatten().cloned(),
            settings: settings.into_iter().flatten().cloned().collect(),
            yes: matches.try_get_one::<bool>("yes").ok().flatten().copied().unwrap_or_default(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl RawUgc {
    /// Whether a session is needed for it.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::Groups)
    }

    /// Which groups and verbs there are, with the fields of each.
    pub(crate) fn list(json: bool, words: &Words) -> anyhow::Result<Exit> {
        if json {
            say!("{}", json::line(&collections())?);
            return Ok(Exit::Done);
        }
        for group in collections() {
            say!("{}\t{}", group.name, words.say(&format!("collection.{}", group.name), &[]));
            for call in &group.calls {
                say!("  {}", summary(call));
            }
        }
        for (name, operation) in [("scrape", Operation::Scrape), ("plan", Operation::Plan)] {
            say!("{name}\t{}", words.say(&format!("operation.{operation}"), &[]));
        }
        say!("upload FILE\t{}", words.say("cli.upload", &[]));
        say!("\n{}", words.say("cli.rawugc_help", &[]));
        Ok(Exit::Done)
    }

    pub(crate) async fn run(&self, session: &Session, words: &Words) -> anyhow::Result<Exit> {
        match self {
            Self::Groups => Self::list(true, words),
            Self::Upload { file } => {
                let url = session.engine.upload(ID, file).await?;
                say!("{}", serde_json::json!({ "url": url }));
                Ok(Exit::Done)
            }
            Self::Order { operation, own, rest } => {
                let own: Vec<_> = own.iter().map(|(name, value)| (*name, value)).collect();
                let wish = Wish { provider: ID, operation: *operation, parent: None, own: &own };
                rest.place(session, &wish, true, words).await
            }
            Self::Call { group, verb, id, settings, yes } => {
                let call = collections()
                    .iter()
                    .find(|it| it.name == *group)
                    .and_then(|group| group.calls.iter().find(|call| call.verb == *verb))
                    .ok_or(EngineError::NotOffered(ID))?;
                if call.ask && !yes {
                    return Err(NeedsYes.into());
                }
                let input = form::input(&call.form, settings);
                let called = session.engine.call(ID, group, *verb, id.as_deref(), &input);
                let items = patiently(called, words).await;
                let items = items.map_err(|error| {
                    anyhow::Error::from(error).context(InForm::of(&call.form, &input))
                })?;
                if *verb == Verb::Delete && items.total == Some(0) {
                    return Err(NotThere.into());
                }
                say!("{}", json::line(&items)?);
                Ok(Exit::Done)
            }
        }
    }
}

/// A verb with what it takes: `reschedule ID scheduledFor* timezone --yes`.
fn summary(call: &CollectionCall) -> String {
    let mut parts = vec![call.verb.to_string()];
    if takes_id(call.verb) {
        parts.push("ID".to_owned());
    }
    let mark = |required| if required { "*" } else { "" };
    let fields = call.form.fields.iter();
    parts.extend(fields.map(|field| format!("{}{}", field.name, mark(field.required))));
    if call.ask {
        parts.push("--yes".to_owned());
    }
    parts.join(" ")
}

/// Says that it waits where that takes long: the provider takes only so many calls a minute.
async fn patiently(
    call: impl Future<Output = Result<Items, EngineError>>,
    words: &Words,
) -> Result<Items, EngineError> {
    tokio::pin!(call);
    tokio::select! {
        called = &mut call => return called,
        () = tokio::time::sleep(SILENCE) => {}
    }
    eprintln!("{}", words.say("cli.waiting_turn", &[]));
    call.await
}
