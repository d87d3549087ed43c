//! Momoget: its happy path and what each word does to it.

use serde_json::{Value, json};
use shiwen_sandbox::{Options, Sandbox};

use crate::http::{Answer, at_once, paced, post};

const USER: &str = "5a4d0b0c-0000-4000-8000-000000000001";

async fn create(sandbox: &Sandbox, link: &str) -> Answer {
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    post(&url, &[], &json!({ "user_id": USER, "video_url": link })).await
}

async fn batch(sandbox: &Sandbox, links: &[String]) -> Answer {
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    post(&url, &[], &json!({ "user_id": USER, "links": links })).await
}

async fn ask(sandbox: &Sandbox, call: &str, task_id: &Value) -> Answer {
    let url = format!("{}/coze/{call}", sandbox.base_url("momoget"));
    post(&url, &[], &json!({ "user_id": USER, "task_id": task_id })).await
}

/// Creates a task and asks once for its result.
async fn result_of(sandbox: &Sandbox, link: &str) -> Value {
    let created = create(sandbox, link).await;
    assert_eq!(created.status, 201, "{}", created.text());
    ask(sandbox, "task-result", &created.json()["task_id"]).await.json()
}

async fn check_refused(word: &str, status: u16, detail: &str) {
    let sandbox = at_once().await;
    let answer = create(&sandbox, &format!("https://v.douyin.com/sb-{word}/")).await;
    assert_eq!((answer.status, answer.json()), (status, json!({ "detail": detail })));
    assert_eq!(sandbox.calls().accepted_by_link.len(), 0);
}

#[tokio::test]
async fn a_link_becomes_a_transcript() {
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/iFRvuEch/").await;
    let body = created.json();
    assert_eq!((&body["code"], &body["message"]), (&json!(201), &json!("任务创建成功")));
    assert_eq!((&body["status"], &body["remaining_tasks"]), (&json!("pending"), &json!(199)));
    assert_eq!(body["data"]["task_id"], body["task_id"]);
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));

    let status = ask(&sandbox, "task-status", &body["task_id"]).await.json();
    assert_eq!((&status["code"], &status["status"]), (&json!(200), &json!("completed")));
    assert_eq!(
        (&status["total_count"], &status["processed_count"], &status["success_count"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(status["error_message"], Value::Null);
    assert_eq!(status["data"]["created_at"].as_str().unwrap().len(), 19);

    let result = ask(&sandbox, "task-result", &body["task_id"]).await.json();
    let item = &result["data"]["items"][0];
    assert_eq!((&result["item_count"], &result["platform"]), (&json!(1), &json!("douyin")));
    assert_eq!((&item["text"], &item["title"]), (&result["text"], &result["title"]));
    assert_eq!(item["status"], "transcribed");
    assert_eq!(item["url"], "https://v.douyin.com/iFRvuEch/");
    let text = result["text"].as_str().unwrap();
    assert!(text.chars().count() >= 150, "{text}");
    assert_eq!(result["word_count"], text.chars().count());
    assert_eq!(result["data"]["created_at"], Value::Null);
}

#[tokio::test]
async fn a_task_goes_from_pending_over_processing_to_completed() {
    let sandbox = paced(0.2).await;
    let created = create(&sandbox, "https://www.bilibili.com/video/BV1xx411c7mD").await.json();
    let mut seen = Vec::new();
    while seen.last().is_none_or(|status| status != "completed") {
        let answer = ask(&sandbox, "task-status", &created["task_id"]).await.json();
        let status = answer["status"].as_str().unwrap().to_owned();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
    }
    assert_eq!(seen, ["pending", "processing", "completed"]);
}

#[tokio::test]
async fn the_host_of_the_link_decides_the_platform() {
    let sandbox = at_once().await;
    for (link, platform) in [
        ("https://v.kuaishou.com/8KdJ2x", "kuaishou"),
        ("http://xhslink.com/a/AbCdEf", "xiaohongshu"),
        ("https://b23.tv/AbCdEfG", "bilibili"),
        ("https://m.toutiao.com/is/AbCdEfG/", "toutiao"),
    ] {
        assert_eq!(result_of(&sandbox, link).await["platform"], platform);
    }
}

#[tokio::test]
async fn different_links_give_different_texts_and_the_same_link_the_same() {
    let sandbox = at_once().await;
    let one = result_of(&sandbox, "https://v.douyin.com/aaaaaaa/").await;
    let other = result_of(&sandbox, "https://v.douyin.com/bbbbbbb/").await;
    let again = result_of(&sandbox, "https://v.douyin.com/aaaaaaa").await;
    assert_ne!(one["text"], other["text"]);
    assert_eq!((&one["text"], &one["title"]), (&again["text"], &again["title"]));
    assert_ne!(one["task_id"], again["task_id"]);
}

#[tokio::test]
async fn a_batch_is_one_task_in_which_some_videos_may_fail() {
    let sandbox = at_once().await;
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    let links = ["https://v.douyin.com/aaaaaaa/", "https://v.douyin.com/sb-gone/"];
    let created = post(&url, &[], &json!({ "user_id": USER, "links": links })).await.json();
    assert_eq!(created["remaining_tasks"], 198);

    let result = ask(&sandbox, "task-result", &created["task_id"]).await.json();
    assert_eq!((&result["status"], &result["failed_count"]), (&json!("completed"), &json!(1)));
    let items = &result["data"]["items"];
    assert_eq!(items[0]["text"], result["text"]);
    assert_eq!((&items[1]["status"], &items[1]["text"]), (&json!("failed"), &Value::Null));
    assert!(items[1]["error_message"].as_str().unwrap().contains("删除"));
}

#[tokio::test]
async fn a_batch_gives_each_text_and_all_of_them_as_one() {
    let sandbox = at_once().await;
    let links = ["aaaaaaa", "sb-fail", "bbbbbbb", "sb-empty", "ccccccc"]
        .map(|code| format!("https://v.douyin.com/{code}/"));
    let created = batch(&sandbox, &links).await;
    assert_eq!((created.status, &created.json()["remaining_tasks"]), (201, &json!(195)));
    let id = &created.json()["task_id"];
    let status = ask(&sandbox, "task-status", id).await.json();
    assert_eq!((&status["total_count"], &status["processed_count"]), (&json!(5), &json!(5)));
    assert_eq!((&status["success_count"], &status["failed_count"]), (&json!(4), &json!(1)));
    assert_eq!((&status["status"], &status["error_message"]), (&json!("completed"), &Value::Null));

    let result = ask(&sandbox, "task-result", id).await.json();
    let items = result["data"]["items"].as_array().unwrap();
    assert_eq!((&result["item_count"], items.len()), (&json!(5), 5));
    let urls: Vec<&str> = items.iter().map(|item| item["url"].as_str().unwrap()).collect();
    assert_eq!(urls, links);
    let texts: Vec<&str> = items.iter().filter_map(|item| item["text"].as_str()).collect();
    let all = result["text"].as_str().unwrap();
    assert_eq!((texts.len(), all), (4, &texts.join("\n\n")[..]));
    assert_eq!(result["word_count"], all.chars().count());
    assert_eq!(sandbox.calls().creates_by_link.len(), 5);
    assert_eq!(sandbox.calls().creates["momoget"], 1);
}

#[tokio::test]
async fn the_videos_of_a_batch_are_done_one_by_one() {
    let sandbox = paced(0.2).await;
    let links = ["a", "b", "c", "d", "e"].map(|code| format!("https://v.douyin.com/{code}/"));
    let id = batch(&sandbox, &links).await.json()["task_id"].clone();
    let mut seen = Vec::new();
    loop {
        let status = ask(&sandbox, "task-status", &id).await.json();
        let processed = status["processed_count"].as_u64().unwrap();
        if seen.last() != Some(&processed) {
            seen.push(processed);
        }
        if status["status"] == "completed" {
            break;
        }
    }
    assert!(seen.is_sorted() && seen.len() > 2, "{seen:?}");
    assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&5)));
}

#[tokio::test]
async fn a_batch_of_which_all_failed_has_failed() {
    let sandbox = at_once().await;
    let links = ["sb-fail", "sb-gone"].map(|code| format!("https://v.douyin.com/{code}/"));
    let id = batch(&sandbox, &links).await.json()["task_id"].clone();
    let status = ask(&sandbox, "task-status", &id).await.json();
    assert_eq!((&status["status"], &status["success_count"]), (&json!("failed"), &json!(0)));
}

#[tokio::test]
async fn a_word_about_the_whole_call_counts_in_any_link_of_a_batch() {
    let sandbox = at_once().await;
    let with = |word: &str| {
        ["aaaaaaa".to_owned(), format!("sb-{word}")]
            .map(|code| format!("https://v.douyin.com/{code}/"))
    };
    assert_eq!(batch(&sandbox, &with("e503")).await.status, 503);
    assert_eq!(batch(&sandbox, &with("quota")).await.status, 400);
    assert_eq!(sandbox.calls().accepted_by_link.len(), 0);
    let id = batch(&sandbox, &with("trouble-poll")).await.json()["task_id"].clone();
    assert_eq!(ask(&sandbox, "task-status", &id).await.status, 500);
}

#[tokio::test]
async fn one_to_five_links_come_in_one_field() {
    let sandbox = at_once().await;
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    let link = "https://v.douyin.com/aaaaaaa/";
    let refused = [
        json!({ "user_id": USER, "links": vec![link; 6] }),
        json!({ "user_id": USER, "links": [] }),
        json!({ "user_id": USER }),
        json!({ "user_id": USER, "video_url": " " }),
        json!({ "user_id": USER, "video_url": link, "links": [link] }),
    ];
    for body in refused {
        let answer = post(&url, &[], &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["detail"].as_str().unwrap().starts_with("参数错误"), "{body}");
    }
    assert_eq!(batch(&sandbox, &[link.to_owned()]).await.status, 201);
}

#[tokio::test]
async fn another_user_is_not_known() {
    let sandbox = at_once().await;
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    let body = json!({ "user_id": "nobody", "video_url": "https://v.douyin.com/aaaaaaa/" });
    let answer = post(&url, &[], &body).await;
    assert_eq!((answer.status, answer.json()), (404, json!({ "detail": "用户不存在" })));
}

#[tokio::test]
async fn a_missing_user_is_a_validation_error() {
    let sandbox = at_once().await;
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    let answer = post(&url, &[], &json!({ "video_url": "https://v.douyin.com/aaaaaaa/" })).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", "user_id"]));
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    check_refused("quota", 400, "用户转化次数不足").await;
    check_refused("badkey", 404, "用户不存在").await;
    check_refused("badlink", 400, "链接无效，请检查后重试").await;
    check_refused("unsupported", 400, "暂不支持该平台的链接").await;
    check_refused("rate", 429, "请求过于频繁，请稍后再试").await;
    check_refused("trouble", 500, "服务内部错误，请稍后重试").await;
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait_and_ends_with_the_third_call() {
    let sandbox = at_once().await;
    let link = "https://v.douyin.com/sb-rate/";
    let first = create(&sandbox, link).await;
    assert_eq!((first.status, first.header("retry-after")), (429, Some("2")));
    assert_eq!(create(&sandbox, link).await.status, 429);
    assert_eq!(create(&sandbox, link).await.status, 201);
}

#[tokio::test]
async fn a_share_text_is_no_link() {
    let sandbox = at_once().await;
    let answer = create(&sandbox, "看看这个 https://v.douyin.com/iFRvuEch/ 复制").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn the_uses_run_out() {
    let options = Options { pace: 0.0, momoget_uses: 1, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let first = create(&sandbox, "https://v.douyin.com/aaaaaaa/").await;
    assert_eq!(first.json()["remaining_tasks"], 0);
    let second = create(&sandbox, "https://v.douyin.com/bbbbbbb/").await;
    assert_eq!((second.status, second.json()["detail"].clone()), (400, json!("用户转化次数不足")));
}

#[tokio::test]
async fn a_failed_task_says_why() {
    let sandbox = at_once().await;
    let failed = result_of(&sandbox, "https://v.douyin.com/sb-fail/").await;
    assert_eq!((&failed["status"], &failed["failed_count"]), (&json!("failed"), &json!(1)));
    let gone = result_of(&sandbox, "https://v.douyin.com/sb-gone/").await;
    assert_eq!(gone["error_message"], "源视频不存在或已被删除");
}

#[tokio::test]
async fn empty_and_long_texts_are_as_asked_for() {
    let sandbox = at_once().await;
    let empty = result_of(&sandbox, "https://v.douyin.com/sb-empty/").await;
    assert_eq!((&empty["status"], &empty["text"]), (&json!("completed"), &json!("")));
    let long = result_of(&sandbox, "https://v.douyin.com/sb-long/").await;
    assert_eq!(long["text"].as_str().unwrap().chars().count(), 20_000);
}

#[tokio::test]
async fn a_task_can_be_unknown_or_somebody_elses() {
    let sandbox = at_once().await;
    for (word, status, detail) in
        [("unknown-task", 404, "任务不存在"), ("not-yours", 403, "任务不属于该用户")]
    {
        let created = create(&sandbox, &format!("https://v.douyin.com/sb-{word}/")).await.json();
        let answer = ask(&sandbox, "task-status", &created["task_id"]).await;
        assert_eq!((answer.status, answer.json()), (status, json!({ "detail": detail })));
    }
    let invented = json!("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");
    assert_eq!(ask(&sandbox, "task-result", &invented).await.status, 404);
}

#[tokio::test]
async fn a_stalled_task_goes_on_running() {
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/sb-stalled/").await.json();
    let status = ask(&sandbox, "task-status", &created["task_id"]).await.json();
    assert_eq!((&status["status"], &status["processed_count"]), (&json!("processing"), &json!(0)));
    let result = ask(&sandbox, "task-result", &created["task_id"]).await.json();
    assert_eq!(result["text"], Value::Null);
}

#[tokio::test]
async fn an_unknown_status_word_stands_between_pending_and_completed() {
    let sandbox = paced(0.2).await;
    let created = create(&sandbox, "https://v.douyin.com/sb-badstatus/").await.json();
    let mut seen = Vec::new();
    while seen.last().is_none_or(|status| status != "completed") {
        let answer = ask(&sandbox, "task-status", &created["task_id"]).await.json();
        let status = answer["status"].as_str().unwrap().to_owned();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
    }
    assert_eq!(seen.last_chunk(), Some(&["transcoding".to_owned(), "completed".to_owned()]));
}

#[tokio::test]
async fn a_key_that_is_refused_while_asking_is_taken_again_later() {
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/sb-badkey-poll/").await.json();
    for _ in 0..3 {
        let answer = ask(&sandbox, "task-status", &created["task_id"]).await;
        assert_eq!((answer.status, answer.json()["detail"].clone()), (404, json!("用户不存在")));
    }
    assert_eq!(ask(&sandbox, "task-status", &created["task_id"]).await.status, 200);
}

#[tokio::test]
async fn a_sandbox_that_was_started_anew_answers_for_an_older_task() {
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/iFRvuEch/").await.json();
    let before = ask(&sandbox, "task-result", &created["task_id"]).await.json();
    sandbox.stop().await;

    let sandbox = at_once().await;
    let after = ask(&sandbox, "task-result", &created["task_id"]).await.json();
    assert_eq!((&after["text"], &after["title"]), (&before["text"], &before["title"]));
}
