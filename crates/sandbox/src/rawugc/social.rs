//! Accounts at other sites, and posts to them: drafted, planned or published at once.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply},
    form::{Form, Need, Optional, Required},
    kinds::VIDEO,
    problem::{Problem, check_visible},
};
use crate::{dice, media, scenario::Scenario, state::State};

const PLATFORMS: &[&str] = &["tiktok", "instagram", "youtube"];
const LONGEST_CONTENT: usize = 2200;
/// Any time that a number of milliseconds can sensibly be.
const LAST_MS: u64 = 253_402_300_799_000;

struct Account {
    id: &'static str,
    platform: &'static str,
    username: &'static str,
    display_name: &'static str,
}

const ACCOUNTS: &[Account] = &[
    Account {
        id: "acc_0001",
        platform: "tiktok",
        username: "shiwen.sandbox",
        display_name: "拾文小店",
    },
    Account {
        id: "acc_0002",
        platform: "instagram",
        username: "shiwen_sandbox",
        display_name: "Shiwen Balcony",
    },
    Account {
        id: "acc_0003",
        platform: "youtube",
        username: "@shiwensandbox",
        display_name: "阳台小农 Balcony Farmer",
    },
];

#[derive(Debug)]
pub(crate) struct Post {
    id: String,
    scenario: Scenario,
    account_ids: Vec<String>,
    plan: Plan,
    scheduled_for: Option<u64>,
    timezone: String,
    content: String,
    video_url: String,
    created_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Draft,
    Scheduled,
    /// Since then, in Unix milliseconds.
    Out(u64),
}

pub(super) fn accounts(state: &State, _call: &Call) -> Result<Reply, Problem> {
    let memory = state.memory();
    let connected = ACCOUNTS.iter().filter(|known| !memory.rawugc.disconnected.contains(known.id));
    let accounts: Vec<Value> = connected.map(|account| account.body(state)).collect();
    Ok(Reply::ok(json!({ "accounts": accounts, "count": accounts.len() })))
}

/// Disconnected accounts are back afterwards, as if they had been connected again elsewhere.
pub(super) fn sync_accounts(state: &State, _call: &Call) -> Result<Reply, Problem> {
    state.memory().rawugc.disconnected.clear();
    Ok(Reply::ok(json!({ "success": true })))
}

pub(super) fn disconnect(state: &State, call: &Call) -> Result<Reply, Problem> {
    let disconnected = &mut state.memory().rawugc.disconnected;
    let known = ACCOUNTS.iter().find(|account| account.id == call.id);
    let known = known.filter(|account| disconnected.insert(account.id));
    known.ok_or_else(|| Problem::not_found("account"))?;
    Ok(Reply::ok(json!({ "success": true })))
}

impl Account {
    fn body(&self, state: &State) -> Value {
        json!({
            "accountId": self.id,
            "platform": self.platform,
            "username": self.username,
            "displayName": self.display_name,
            "profilePicture": media::avatar_url(&state.url, dice::hash(self.id, 0), Scenario::Ok),
            "isActive": true,
        })
    }
}

pub(super) fn create(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let video_url = form.url("videoUrl", Required).unwrap_or_default();
    let mode = form.choice("mode", Required, &["schedule", "draft", "now"]);
    let account_ids = read_accounts(state, &mut form, Required).unwrap_or_default();
    let planned = if mode == Some("schedule") { Required } else { Optional };
    let scheduled_for = read_time(&mut form, planned, call.now_ms);
    let timezone = read_timezone(&mut form).unwrap_or("UTC");
    let content = form.text("content", Optional, 0..=LONGEST_CONTENT).unwrap_or_default();
    if let Some(id) = form.text("videoId", Optional, 1..=200)
        && VIDEO.find(state, id).is_err()
    {
        form.fault("videoId", "There is no such video.");
    }
    if form.flag("publishToInbox") == Some(true) && mode == Some("schedule") {
        form.fault("publishToInbox", "Goes with the modes now and draft only.");
    }
    read_tiktok(&mut form);
    form.finish()?;
    let (ticket, _) = call.accept(state, 0, 0)?;
    let post = Post {
        id: format!("post_{}", ticket.number()),
        scenario: call.scenario,
        account_ids,
        plan: match mode {
            Some("now") => Plan::Out(call.now_ms),
            Some("schedule") => Plan::Scheduled,
            _ => Plan::Draft,
        },
        scheduled_for: scheduled_for.filter(|_| mode != Some("now")),
        timezone: timezone.to_owned(),
        content: content.to_owned(),
        video_url: video_url.to_owned(),
        created_ms: call.now_ms,
    };
    let body = post.body(call.now_ms);
    state.memory().rawugc.posts.push(post);
    Ok(Reply::created(body))
}

fn read_tiktok(form: &mut Form<'_>) {
    let levels =
        ["SELF_ONLY", "PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR"];
    form.choice("tiktokPrivacyLevel", Optional, &levels);
    for name in ["tiktokAllowComment", "tiktokAllowDuet", "tiktokAllowStitch"] {
        form.flag(name);
    }
    let contents = ["none", "brand_organic", "brand_content"];
    form.choice("tiktokCommercialContentType", Optional, &contents);
}

/// Ids of accounts that are connected.
fn read_accounts(state: &State, form: &mut Form<'_>, need: Need) -> Option<Vec<String>> {
    let ids = form.texts("accountIds", need, 1..=ACCOUNTS.len())?;
    let memory = state.memory();
    for id in &ids {
        let is_known = ACCOUNTS.iter().any(|account| account.id == *id)
            && !memory.rawugc.disconnected.contains(id);
        if !is_known {
            form.fault("accountIds", format!("There is no account {id}."));
        }
    }
    Some(ids.into_iter().map(str::to_owned).collect())
}

/// A time that is still to come, in Unix milliseconds.
fn read_time(form: &mut Form<'_>, need: Need, now_ms: u64) -> Option<u64> {
    let time = form.integer("scheduledFor", need, 0..=LAST_MS)?;
    if time <= now_ms {
        form.fault("scheduledFor", "Must be in the future, in milliseconds.");
    }
    Some(time)
}

/// An IANA name by its form alone.
fn read_timezone<'a>(form: &mut Form<'a>) -> Option<&'a str> {
    let name = form.text("timezone", Optional, 1..=64)?;
    let is_part = |part: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
        part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.chars().all(known)
    };
    if !(name == "UTC" || name.contains('/') && name.split('/').all(is_part)) {
        form.fault("timezone", "Must be the IANA name of a time zone.");
    }
    Some(name)
}

impl Post {
    /// What has become of it by now.
    fn status(&self, now_ms: u64) -> (&'static str, Option<u64>) {
        let out = match (self.plan, self.scheduled_for) {
            (Plan::Draft, _) => return ("draft", None),
            (Plan::Scheduled, Some(time)) if time > now_ms => return ("scheduled", None),
            (Plan::Scheduled, time) => time.unwrap_or(now_ms),
            (Plan::Out(time), _) => time,
        };
        match self.scenario {
            Scenario::Fail | Scenario::NastyFail | Scenario::Gone => ("failed", None),
            _ => ("published", Some(out)),
        }
    }

    fn body(&self, now_ms: u64) -> Value {
        let has = |platform: &&&str| {
            let mut accounts = ACCOUNTS.iter().filter(|known| known.platform == **platform);
            accounts.any(|account| self.account_ids.iter().any(|id| id == account.id))
        };
        let platforms: Vec<&&str> = PLATFORMS.iter().filter(has).collect();
        let (status, published) = self.status(now_ms);
        let mut body = json!({
            "postId": self.id,
            "platforms": platforms,
            "status": status,
            "timezone": self.timezone,
            "content": self.content,
            "videoUrl": self.video_url,
            "createdAt": self.created_ms,
        });
        if let Some(time) = self.scheduled_for {
            body["scheduledFor"] = json!(time);
        }
        if let Some(time) = published {
            body["publishedAt"] = json!(time);
        }
        body
    }
}

/// Posts by the time for which they are planned, or else were made. Drafts only when asked for.
pub(super) fn posts(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = Form::of_query(&call.query);
    let from = form.integer("fromDate", Optional, 0..=LAST_MS).unwrap_or(0);
    let to = form.integer("toDate", Optional, 0..=LAST_MS).unwrap_or(LAST_MS);
    let with_drafts = form.flag("includeDrafts").unwrap_or(false);
    form.finish()?;
    let memory = state.memory();
    let posts = memory.rawugc.posts.iter().filter(|post| {
        let time = post.scheduled_for.unwrap_or(post.created_ms);
        (from..=to).contains(&time)
            && (with_drafts || post.plan != Plan::Draft)
            && check_visible(post.scenario, "post").is_ok()
    });
    let posts: Vec<Value> = posts.map(|post| post.body(call.now_ms)).collect();
    Ok(Reply::ok(json!({ "posts": posts, "count": posts.len() })))
}

pub(super) fn show(state: &State, call: &Call) -> Result<Reply, Problem> {
    with_post(state, call, |post| Ok(Reply::thing(post.body(call.now_ms), post.scenario)))
}

pub(super) fn change(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let content = form.text("content", Optional, 0..=LONGEST_CONTENT);
    let scheduled_for = read_time(&mut form, Optional, call.now_ms);
    let timezone = read_timezone(&mut form);
    let account_ids = read_accounts(state, &mut form, Optional);
    let names = ["content", "scheduledFor", "timezone", "accountIds"];
    if !names.iter().any(|name| form.has(name)) {
        form.fault("body", format!("Send at least one of {}.", names.join(", ")));
    }
    form.finish()?;
    with_post(state, call, |post| {
        post.check_not_out(call.now_ms)?;
        if let Some(content) = content {
            content.clone_into(&mut post.content);
        }
        if let Some(timezone) = timezone {
            timezone.clone_into(&mut post.timezone);
        }
        post.scheduled_for = scheduled_for.or(post.scheduled_for);
        post.account_ids = account_ids.clone().unwrap_or_else(|| post.account_ids.clone());
        Ok(Reply::ok(post.body(call.now_ms)))
    })
}

pub(super) fn remove(state: &State, call: &Call) -> Result<Reply, Problem> {
    with_post(state, call, |_| Ok(Reply::nothing()))?;
    state.memory().rawugc.posts.retain(|post| post.id != call.id);
    Ok(Reply::ok(json!({ "success": true })))
}

pub(super) fn reschedule(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let scheduled_for = read_time(&mut form, Required, call.now_ms);
    let timezone = read_timezone(&mut form).unwrap_or("UTC");
    form.finish()?;
    with_post(state, call, |post| {
        post.check_not_out(call.now_ms)?;
        post.plan = Plan::Scheduled;
        post.scheduled_for = scheduled_for;
        timezone.clone_into(&mut post.timezone);
        Ok(Reply::ok(post.body(call.now_ms)))
    })
}

pub(super) fn publish(state: &State, call: &Call) -> Result<Reply, Problem> {
    with_post(state, call, |post| match post.plan {
        Plan::Draft => Ok(()),
        _ => Err(Problem::field("postId", "Only a draft can be published.")),
    })?;
    call.accept(state, 0, 0)?;
    with_post(state, call, |post| {
        post.plan = Plan::Out(call.now_ms);
        post.scheduled_for = None;
        Ok(Reply::ok(post.body(call.now_ms)))
    })
}

impl Post {
    fn check_not_out(&self, now_ms: u64) -> Result<(), Problem> {
        match self.status(now_ms).0 {
            "published" => Err(Problem::field("postId", "This post is published already.")),
            _ => Ok(()),
        }
    }
}

fn with_post<T>(
    state: &State,
    call: &Call,
    act: impl FnOnce(&mut Post) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut memory = state.memory();
    let post = memory.rawugc.posts.iter_mut().find(|post| post.id == call.id);
    let post = post.ok_or_else(|| Problem::not_found("post"))?;
    check_visible(post.scenario, "post")?;
    act(post)
}
