//! `search` and `reindex`: finding tasks by any part of their words.

use std::io::IsTerminal;

use shiwen_core::{Hit, HitPage, SearchOrder};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::{
    json,
    output::{Exit, say, state},
    patience::about,
};

/// Hits that are asked for at once.
const PAGE: u32 = 200;

#[derive(clap::Args)]
pub(crate) struct Search {
    /// Words, all of which a task has; "quoted ones" stand as they are. Filters: platform:douyin provider:coze
    /// operation:transcribe state:failed date:7d date:2026-11 tag:WORD starred:yes text:yes, or as 平台:抖音 状态:失败
    /// 日期:今天 标签:做菜 收藏:是 文案:有.
    text: Vec<String>,
    /// How many at most.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// newest first, or tasks with the words in their titles first.
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    order: SearchOrder,
    /// Only say how many there are.
    #[arg(long)]
    count: bool,
}

#[derive(clap::Args)]
pub(crate) struct Reindex {}

impl Search {
    pub(crate) fn run(&self, session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
        let store = session.engine.store();
        let query = session.query(&self.text.join(" "));
        for unknown in &query.unknown {
            eprintln!("{}", words.say("cli.search_unknown", &[("part", unknown)]));
        }
        if self.count {
            let found = store.count_found(&query).map_err(EngineError::from)?;
            match (json, found.exact) {
                (true, _) => say!("{}", json::line(&found)?),
                (false, true) => say!("{}", found.count),
                (false, false) => say!("{}+", found.count),
            }
            return Ok(Exit::Done);
        }
        let found = self.found(session, query)?;
        if json {
            say!("{}", json::line(&found)?);
            return Ok(Exit::Done);
        }
        if found.hits.is_empty() && self.limit > 0 {
            eprintln!("{}", words.say("cli.nothing_found", &[]));
        }
        for hit in &found.hits {
            show(hit, words)?;
        }
        if found.after.is_some() {
            let count = store.count_found(&found.query).map_err(EngineError::from)?;
            let total = format!("{}{}", count.count, if count.exact { "" } else { "+" });
            let shown = found.hits.len().to_string();
            let places = [("shown", &*shown), ("total", &*total)];
            eprintln!("{}", words.say("cli.found_of", &places));
        }
        Ok(Exit::Done)
    }

    /// Up to the limit, a page at a time.
    fn found(&self, session: &Session, query: shiwen_core::Query) -> anyhow::Result<HitPage> {
        let mut found = HitPage { hits: Vec::new(), after: None, query };
        loop {
            let had = u32::try_from(found.hits.len()).unwrap_or(u32::MAX);
            let limit = self.limit.saturating_sub(had).min(PAGE);
            let store = session.engine.store();
            let page = store
                .search(&found.query, self.order, found.after.as_deref(), limit)
                .map_err(EngineError::from)?;
            found.hits.extend(page.hits);
            found.after = page.after;
            if found.after.is_none() || found.hits.len() >= self.limit as usize {
                return Ok(found);
            }
        }
    }
}

/// A hit as `tasks` lists it, and the place where the words stand.
fn show(hit: &Hit, words: &Words) -> anyhow::Result<()> {
    let task = &hit.task;
    let what = match &task.link {
        Some(link) => words.say(&format!("platform.{}", link.platform), &[]).into_owned(),
        None => words.say(&format!("operation.{}", task.operation), &[]).into_owned(),
    };
    let title = task.title().unwrap_or(about(task));
    say!("{}\t{}\t{what}\t{title}", task.id, state(words, task));
    if let Some(excerpt) = &hit.excerpt {
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        say!("\t{}{}{}", cut(excerpt.cut.0), excerpt.text, cut(excerpt.cut.1));
    }
    Ok(())
}

impl Reindex {
    pub(crate) fn run(&self, session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
        let is_watched = std::io::stderr().is_terminal();
        let mut progress = |done: u32| {
            if is_watched {
                eprint!("\r{done}");
            }
        };
        let store = session.engine.store();
        let tasks = store.rebuild_index(&mut progress).map_err(EngineError::from)?;
        if is_watched {
            eprintln!();
        }
        match json {
            true => say!("{}", json::line(&serde_json::json!({ "tasks": tasks }))?),
            false => say!("{}", words.say("cli.reindexed", &[("count", &tasks.to_string())])),
        }
        Ok(Exit::Done)
    }
}
