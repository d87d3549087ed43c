//! Short links over the wire.

use std::time::Duration;

use shiwen_sandbox::Sandbox;

use crate::http::{Answer, at_once, get};

async fn ask(sandbox: &Sandbox, link: &str) -> Answer {
    let played = link.replacen("https://", "", 1);
    get(&format!("{}/{played}", Sandbox::short_links_at(sandbox.url())), &[]).await
}

/// The addresses that a link leads to, one after the other, at most ten.
async fn chain(sandbox: &Sandbox, link: &str) -> Vec<String> {
    let mut chain: Vec<String> = Vec::new();
    while chain.len() < 10 {
        let answer = ask(sandbox, chain.last().map_or(link, String::as_str)).await;
        let Some(next) = answer.header("location") else {
            assert_eq!(answer.status, 200, "{chain:?}");
            break;
        };
        assert_eq!(answer.status, 302);
        chain.push(next.to_owned());
    }
    chain
}

#[tokio::test]
async fn a_code_leads_to_a_work_of_its_platform_in_one_to_three_hops() {
    let sandbox = at_once().await;
    for (link, hops, first) in [
        ("https://v.douyin.com/iFRvuEch/", 2, "https://www.iesdouyin.com/share/video/7"),
        ("https://jx.douyin.com/iFRvuEch", 3, "https://v.douyin.com/iFRvuEch/"),
        ("https://v.kuaishou.com/2xAbC9", 2, "https://v.m.chenzhongtech.com/fw/photo/3x"),
        ("https://v.kuaishouapp.com/s/2xAbC9", 2, "https://v.m.chenzhongtech.com/fw/photo/3x"),
        ("https://xhslink.com/a/K3xYzAbCdEf", 1, "https://www.xiaohongshu.com/discovery/item/"),
        ("https://xhslink.cn/o/K3xYzAbCdEf", 2, "https://xhslink.com/o/K3xYzAbCdEf/"),
        ("https://b23.tv/qWe4RtY", 1, "https://www.bilibili.com/video/BV1"),
        ("https://bili2233.cn/qWe4RtY", 2, "https://b23.tv/qWe4RtY/"),
        ("https://m.toutiao.com/is/iRk3xQ7/", 1, "https://m.toutiao.com/video/7"),
        ("https://vm.tiktok.com/ZMabc123/", 2, "https://www.tiktok.com/t/ZMabc123/"),
    ] {
        let chain = chain(&sandbox, link).await;
        assert_eq!(chain.len(), hops, "{chain:?}");
        assert!(chain[0].starts_with(first), "{chain:?}");
    }
    let plain = chain(&sandbox, "https://v.douyin.com/iFRvuEch/").await.pop().unwrap();
    assert!(plain.starts_with("https://www.douyin.com/video/7"), "{plain}");
    let forwarded = chain(&sandbox, "https://jx.douyin.com/iFRvuEch").await.pop().unwrap();
    assert_eq!(forwarded, plain);
}

#[tokio::test]
async fn a_word_chooses_where_the_link_leads() {
    let sandbox = at_once().await;
    let to = async |link: &str| ask(&sandbox, link).await.header("location").map(str::to_owned);
    for (host, profile) in [
        ("v.douyin.com", "https://www.iesdouyin.com/share/user/"),
        ("v.kuaishou.com", "https://www.kuaishou.com/profile/3x"),
        ("xhslink.com", "https://www.xiaohongshu.com/user/profile/"),
        ("b23.tv", "https://space.bilibili.com/"),
        ("m.toutiao.com/is", "https://www.toutiao.com/c/user/token/"),
        ("www.tiktok.com/t", "https://www.tiktok.com/@"),
    ] {
        let same = async |code: &str| to(&format!("https://{host}/sb-same-{code}/")).await.unwrap();
        assert_eq!(same("1-a").await, same("1-b").await, "{host}");
        assert_ne!(same("1-a").await, same("2-a").await, "{host}");
        let user = to(&format!("https://{host}/sb-user/")).await.unwrap();
        assert!(user.starts_with(profile), "{user}");
        let foreign = to(&format!("https://{host}/sb-foreign/")).await.unwrap();
        assert!(foreign.starts_with("https://shop.example/"), "{foreign}");
        assert_eq!(ask(&sandbox, &format!("https://{host}/sb-nowhere/")).await.status, 404);
    }
    assert_eq!(chain(&sandbox, "https://b23.tv/sb-loop").await.len(), 10);
    let slow = tokio::time::timeout(Duration::from_millis(300), to("https://b23.tv/sb-slowlink"));
    assert!(slow.await.is_err());
}
