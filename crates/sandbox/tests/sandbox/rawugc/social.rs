//! Social accounts and posts.

use serde_json::{Value, json};

use super::{Client, check_problem, faults, now_ms};
use crate::http;

const HOUR_MS: u64 = 3_600_000;

fn order(mode: &str) -> Value {
    json!({
        "videoUrl": "https://cdn.example/a.mp4",
        "accountIds": ["acc_0001", "acc_0003"],
        "mode": mode,
        "content": "新上架！New stakes!",
    })
}

fn with(mode: &str, name: &str, value: Value) -> Value {
    let mut order = order(mode);
    order[name] = value;
    order
}

async fn post(client: &Client, order: Value) -> (String, Value) {
    let answer = client.post("/social/posts", order).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let post = answer.json();
    (format!("/social/posts/{}", post["postId"].as_str().unwrap()), post)
}

#[tokio::test]
async fn three_accounts_are_connected_and_can_be_disconnected() {
    let client = Client::at_once().await;
    let list = client.read("/social/accounts").await;
    let accounts = list["accounts"].as_array().unwrap();
    let platforms: Vec<&Value> = accounts.iter().map(|account| &account["platform"]).collect();
    assert_eq!(
        (platforms, &list["count"]),
        (
            vec!["tiktok", "instagram", "youtube"]
                .into_iter()
                .map(|word| word.into())
                .collect::<Vec<Value>>()
                .iter()
                .collect(),
            &json!(3)
        )
    );
    let picture = accounts[0]["profilePicture"].as_str().unwrap();
    assert_eq!(http::get(picture, &[]).await.status, 200);

    let gone = client.call("DELETE", "/social/accounts/acc_0003", None).await;
    assert_eq!((gone.status, gone.json()), (200, json!({ "success": true })));
    let again = client.call("DELETE", "/social/accounts/acc_0003", None).await;
    check_problem(&again, 404, "not_found");
    assert_eq!(client.read("/social/accounts").await["count"], 2);
    assert_eq!(faults(&client.post("/social/posts", order("draft")).await), ["accountIds"]);

    let synced = client.call("POST", "/social/accounts", None).await;
    assert_eq!((synced.status, synced.json()), (200, json!({ "success": true })));
    assert_eq!(client.read("/social/accounts").await["count"], 3);
}

#[tokio::test]
async fn a_post_is_drafted_planned_or_published() {
    let client = Client::at_once().await;
    let (path, draft) = post(&client, order("draft")).await;
    assert_eq!(
        (&draft["status"], &draft["platforms"]),
        (&json!("draft"), &json!(["tiktok", "youtube"]))
    );
    assert_eq!((&draft["timezone"], &draft["scheduledFor"]), (&json!("UTC"), &Value::Null));
    assert_eq!(client.read(&path).await, draft);

    let time = now_ms() + HOUR_MS;
    let mut planned = with("schedule", "scheduledFor", json!(time));
    planned["timezone"] = json!("Asia/Shanghai");
    let (_, planned) = post(&client, planned).await;
    assert_eq!((&planned["status"], &planned["scheduledFor"]), (&json!("scheduled"), &json!(time)));
    assert_eq!(
        (&planned["timezone"], &planned["publishedAt"]),
        (&json!("Asia/Shanghai"), &Value::Null)
    );

    let mut now = with("now", "publishToInbox", json!(true));
    now["videoId"] = json!(client.video("tea").await);
    now["tiktokPrivacyLevel"] = json!("SELF_ONLY");
    now["tiktokAllowDuet"] = json!(false);
    now["tiktokCommercialContentType"] = json!("brand_organic");
    let (_, now) = post(&client, now).await;
    assert_eq!(now["status"], "published");
    assert!(now["publishedAt"].as_u64() >= now["createdAt"].as_u64());

    let (_, failed) = post(&client, with("now", "content", json!("sb-fail"))).await;
    assert_eq!((&failed["status"], &failed["publishedAt"]), (&json!("failed"), &Value::Null));
}

#[tokio::test]
async fn a_planned_post_is_published_when_its_time_comes() {
    let client = Client::at_once().await;
    let time = now_ms() + 200;
    let (path, _) = post(&client, with("schedule", "scheduledFor", json!(time))).await;
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    let post = client.read(&path).await;
    assert_eq!((&post["status"], &post["publishedAt"]), (&json!("published"), &json!(time)));
}

#[tokio::test]
async fn wrong_fields_are_refused() {
    let client = Client::at_once().await;
    let past = json!(now_ms() - 1000);
    let seconds = json!(now_ms() / 1000 + 3600);
    let without = |name: &str| {
        let mut order = order("draft");
        order.as_object_mut().unwrap().remove(name);
        order
    };
    let inbox = {
        let mut order = with("schedule", "scheduledFor", json!(now_ms() + HOUR_MS));
        order["publishToInbox"] = json!(true);
        order
    };
    let faulty = [
        (without("videoUrl"), "videoUrl"),
        (without("accountIds"), "accountIds"),
        (without("mode"), "mode"),
        (order("later"), "mode"),
        (order("schedule"), "scheduledFor"),
        (with("schedule", "scheduledFor", past), "scheduledFor"),
        (with("schedule", "scheduledFor", seconds), "scheduledFor"),
        (with("draft", "accountIds", json!([])), "accountIds"),
        (with("draft", "accountIds", json!(["acc_9"])), "accountIds"),
        (with("draft", "timezone", json!("Shanghai time")), "timezone"),
        (with("draft", "content", json!("茶".repeat(2201))), "content"),
        (with("draft", "videoId", json!("vid_1")), "videoId"),
        (inbox, "publishToInbox"),
        (with("draft", "tiktokPrivacyLevel", json!("FRIENDS")), "tiktokPrivacyLevel"),
        (with("draft", "tiktokAllowStitch", json!("no")), "tiktokAllowStitch"),
        (with("draft", "tiktokCommercialContentType", json!("ad")), "tiktokCommercialContentType"),
    ];
    client.check_faults("POST", "/social/posts", &faulty).await;
    assert_eq!(client.read("/social/posts?includeDrafts=true").await["count"], 0);
}

#[tokio::test]
async fn a_post_is_changed_planned_anew_and_deleted() {
    let client = Client::at_once().await;
    let (path, _) = post(&client, order("draft")).await;
    let change =
        json!({ "content": "另一句", "accountIds": ["acc_0002"], "timezone": "Europe/Berlin" });
    let changed = client.call("PATCH", &path, Some(change)).await.json();
    assert_eq!(
        (&changed["content"], &changed["platforms"]),
        (&json!("另一句"), &json!(["instagram"]))
    );
    assert_eq!(
        (&changed["status"], &changed["timezone"]),
        (&json!("draft"), &json!("Europe/Berlin"))
    );
    let faulty = [
        (json!({}), "body"),
        (json!({ "scheduledFor": 1 }), "scheduledFor"),
        (json!({ "accountIds": [] }), "accountIds"),
    ];
    client.check_faults("PATCH", &path, &faulty).await;

    let reschedule = format!("{path}/reschedule");
    client.check_faults("POST", &reschedule, &[(json!({}), "scheduledFor")]).await;
    let time = now_ms() + HOUR_MS;
    let planned = client.make(&reschedule, json!({ "scheduledFor": time })).await;
    assert_eq!((&planned["status"], &planned["scheduledFor"]), (&json!("scheduled"), &json!(time)));
    assert_eq!(client.read(&path).await, planned);

    let deleted = client.call("DELETE", &path, None).await;
    assert_eq!((deleted.status, deleted.json()), (200, json!({ "success": true })));
    for (method, path) in [("GET", &path), ("DELETE", &path), ("POST", &format!("{path}/publish"))]
    {
        check_problem(&client.call(method, path, None).await, 404, "not_found");
    }
}

#[tokio::test]
async fn only_a_draft_can_be_published() {
    let client = Client::at_once().await;
    let (path, _) = post(&client, order("draft")).await;
    let publish = format!("{path}/publish");
    let published = client.call("POST", &publish, None).await;
    assert_eq!((published.status, &published.json()["status"]), (200, &json!("published")));
    assert_eq!(faults(&client.call("POST", &publish, None).await), ["postId"]);
    let change = Some(json!({ "content": "tea" }));
    assert_eq!(faults(&client.call("PATCH", &path, change).await), ["postId"]);
    let later = Some(json!({ "scheduledFor": now_ms() + HOUR_MS }));
    assert_eq!(
        faults(&client.call("POST", &format!("{path}/reschedule"), later).await),
        ["postId"]
    );
}

#[tokio::test]
async fn posts_are_listed_by_time_and_drafts_only_when_asked_for() {
    let client = Client::at_once().await;
    let now = now_ms();
    post(&client, order("draft")).await;
    for hours in [1, 3] {
        post(&client, with("schedule", "scheduledFor", json!(now + hours * HOUR_MS))).await;
    }
    let count =
        async |query: String| client.read(&format!("/social/posts{query}")).await["count"].as_u64();
    assert_eq!(count(String::new()).await, Some(2));
    assert_eq!(count("?includeDrafts=true".to_owned()).await, Some(3));
    assert_eq!(count(format!("?fromDate={}", now + 2 * HOUR_MS)).await, Some(1));
    assert_eq!(count(format!("?toDate={}", now + 2 * HOUR_MS)).await, Some(1));
    assert_eq!(count(format!("?fromDate={now}&toDate={}", now + 1)).await, Some(0));
    for (query, field) in [("fromDate=today", "fromDate"), ("includeDrafts=1", "includeDrafts")] {
        assert_eq!(faults(&client.get(&format!("/social/posts?{query}")).await), [field]);
    }
}
