//! `quota`: the free test of accounts, and what is left in them.

use shiwen_core::{Allowance, FailureKind, ProviderId, ProviderView, Unit};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::{
    failures, json,
    links::any_provider,
    output::{Exit, say},
    print,
};

#[derive(clap::Args)]
pub(crate) struct Quota {
    /// Only this one; otherwise all that are set up.
    #[arg(value_parser = any_provider())]
    provider: Option<ProviderId>,
}

impl Quota {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let providers = match self.provider {
            Some(provider) => vec![provider],
            None => {
                let views = session.engine.providers()?;
                views.iter().filter(|view| view.ready).map(|view| view.id).collect()
            }
        };
        let mut worst = if providers.is_empty() { Exit::NotReady } else { Exit::Done };
        let mut views = Vec::with_capacity(providers.len());
        for provider in providers {
            // Opens no keychain for what is not there.
            if !session.engine.provider(provider)?.ready {
                return Err(EngineError::NotReady(provider).into());
            }
            let view = session.engine.test_provider(provider).await?;
            worst = worst.max(exit(&view));
            if !json {
                line(&view, words)?;
            }
            views.push(view);
        }
        if json {
            say!("{}", json::line(&views)?);
        }
        Ok(worst)
    }
}

fn exit(view: &ProviderView) -> Exit {
    match view.check_failure.as_ref().map(|failure| failure.kind) {
        None => Exit::Done,
        Some(FailureKind::Unauthorized) => Exit::NotReady,
        Some(_) => Exit::Failed,
    }
}

fn line(view: &ProviderView, words: &Words) -> anyhow::Result<()> {
    let mut parts = vec![view.name.clone()];
    match (&view.check_failure, &view.allowance) {
        (Some(failure), _) => parts.push(failures::headline(words, failure, None)),
        (None, Some(allowance)) => parts.push(left(allowance, words)),
        (None, None) => parts.push(words.say("cli.left_unknown", &[]).into_owned()),
    }
    let running = view.running.to_string();
    parts.push(match view.slots {
        Some(slots) => {
            let slots = slots.to_string();
            words.say("cli.slots_of", &[("running", &running), ("slots", &slots)]).into_owned()
        }
        None => words.say("cli.slots", &[("running", &running)]).into_owned(),
    });
    if let Some(expires_at) = view.expires_at {
        let when = print::time(expires_at);
        parts.push(words.say("cli.key_until", &[("when", &when)]).into_owned());
    }
    say!("{}", parts.join("\t"));
    Ok(())
}

fn left(allowance: &Allowance, words: &Words) -> String {
    let Some(left) = allowance.left else {
        return words.say("amount.unlimited", &[]).into_owned();
    };
    let amount = amount(left, allowance.unit, words);
    let mut said = match allowance.total {
        Some(total) => {
            let total = self::amount(total, allowance.unit, words);
            words.say("amount.left_of", &[("amount", &amount), ("total", &total)]).into_owned()
        }
        None => words.say("amount.left", &[("amount", &amount)]).into_owned(),
    };
    if let Some(period @ ("daily" | "monthly")) = allowance.period.as_deref() {
        said.push_str(" · ");
        said.push_str(&words.say(&format!("settings.{period}"), &[]));
    }
    said
}

fn amount(count: u32, unit: Unit, words: &Words) -> String {
    match unit {
        Unit::Second => {
            let time = format!("{}:{:02}:{:02}", count / 3600, count / 60 % 60, count % 60);
            words.say("amount.seconds", &[("time", &time)]).into_owned()
        }
        unit => words.say(&format!("amount.{unit}"), &[("count", &count.to_string())]).into_owned(),
    }
}
