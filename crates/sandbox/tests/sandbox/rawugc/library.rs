//! Personas, messages, products and styles.

use serde_json::{Value, json};

use super::{Client, check_problem, faults, names};

/// Creates, reads, lists, changes and deletes one thing.
async fn check_shelf(path: &str, list_key: &str, body: Value, change: Value, shown: &[&str]) {
    let client = Client::at_once().await;
    let before = client.read(path).await["count"].as_u64().unwrap();
    let answer = client.post(path, body.clone()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.json(), json!({ "id": id }));

    let item_path = format!("{path}/{id}");
    let item = client.read(&item_path).await;
    assert_eq!((&item["_id"], names(&item)), (&json!(id), shown.to_vec()));
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(item[name], *value);
    }
    let list = client.read(path).await;
    assert_eq!(list["count"], before + 1);
    assert_eq!(list[list_key].as_array().unwrap().last(), Some(&item));

    assert_eq!(client.call("PATCH", &item_path, Some(change.clone())).await.status, 200);
    let changed = client.read(&item_path).await;
    for name in names(&item) {
        let expected = change.get(name).unwrap_or(&item[name]);
        assert!(changed[name] == *expected || name == "updatedAt", "{name}");
    }
    assert_eq!(client.call("PATCH", &item_path, Some(json!({}))).await.status, 200);

    let removed = client.call("DELETE", &item_path, None).await;
    assert_eq!((removed.status, removed.body.len()), (204, 0));
    for method in ["GET", "DELETE"] {
        check_problem(&client.call(method, &item_path, None).await, 404, "not_found");
    }
    check_problem(&client.call("PATCH", &item_path, Some(change)).await, 404, "not_found");
    assert_eq!(client.read(path).await["count"], before);
}

#[tokio::test]
async fn a_persona_lives_from_create_to_delete() {
    check_shelf(
        "/personas",
        "personas",
        json!({ "name": "阳台小农", "description": "两平方米" }),
        json!({ "description": "三平方米" }),
        &["_id", "createdAt", "description", "name", "organizationId", "updatedAt"],
    )
    .await;
}

#[tokio::test]
async fn a_message_lives_from_create_to_delete() {
    check_shelf(
        "/messaging",
        "messages",
        json!({ "name": "Tone", "body": "Friendly and short." }),
        json!({ "name": "Voice" }),
        &["_id", "body", "createdAt", "name", "organizationId", "updatedAt"],
    )
    .await;
}

#[tokio::test]
async fn a_product_lives_from_create_to_delete() {
    check_shelf(
        "/products",
        "products",
        json!({ "name": "Stake", "photos": ["https://cdn.example/s.jpg"], "messaging": "Holds." }),
        json!({ "photos": [], "description": "bamboo" }),
        &["_id", "createdAt", "description", "messaging", "name", "photos", "updatedAt"],
    )
    .await;
}

#[tokio::test]
async fn a_style_lives_from_create_to_delete() {
    check_shelf(
        "/styles",
        "styles",
        json!({ "name": "Plain", "type": "image", "aspectRatio": "square", "promptTemplate": "{productName}" }),
        json!({ "type": "video", "description": "no effects" }),
        &[
            "_id", "aspectRatio", "description", "isAdmin", "isStandard", "name", "promptTemplate",
            "styleId", "type",
        ],
    )
    .await;
}

#[tokio::test]
async fn wrong_fields_are_refused() {
    let client = Client::at_once().await;
    let name = "茶".repeat(201);
    let faulty = [
        (json!({ "description": "tea" }), "name"),
        (json!({ "name": name, "description": "tea" }), "name"),
        (json!({ "name": "tea", "description": "" }), "description"),
        (json!({ "name": "tea", "description": "茶".repeat(5001) }), "description"),
    ];
    client.check_faults("POST", "/personas", &faulty).await;
    client.check_faults("POST", "/messaging", &[(json!({ "name": "tea" }), "body")]).await;
    let faulty = [
        (json!({ "name": "tea" }), "photos"),
        (json!({ "name": "tea", "photos": ["s.jpg"] }), "photos"),
        (json!({ "name": "tea", "photos": [], "description": "茶".repeat(1001) }), "description"),
        (json!({ "name": "tea", "photos": [], "messaging": 1 }), "messaging"),
    ];
    client.check_faults("POST", "/products", &faulty).await;
    let faulty = [
        (json!({ "name": "tea", "type": "sound" }), "type"),
        (json!({ "name": "tea", "aspectRatio": "1:1" }), "aspectRatio"),
        (json!({ "name": "tea", "promptTemplate": "茶".repeat(5001) }), "promptTemplate"),
    ];
    client.check_faults("POST", "/styles", &faulty).await;
    let made = client.make("/personas", json!({ "name": "tea", "description": "tea" })).await;
    let path = format!("/personas/{}", made["id"].as_str().unwrap());
    client.check_faults("PATCH", &path, &[(json!({ "name": "" }), "name")]).await;
    assert_eq!(client.read("/products").await["count"], 0);
}

#[tokio::test]
async fn built_in_styles_are_listed_by_type_and_stay() {
    let client = Client::at_once().await;
    client.make("/styles", json!({ "name": "Mine", "type": "image" })).await;
    let all = client.read("/styles").await;
    let built_in: Vec<&Value> =
        all["styles"].as_array().unwrap().iter().filter(|style| style["isAdmin"] == true).collect();
    assert_eq!(built_in.len() + 1, all["count"].as_u64().unwrap() as usize);
    let images = client.read("/styles?type=image").await;
    let is_image = |style: &Value| style["type"] == "image";
    assert!(images["styles"].as_array().unwrap().iter().all(is_image) && images["count"] == 2);
    assert_eq!(faults(&client.get("/styles?type=sound").await), ["type"]);

    let path = format!("/styles/{}", built_in[0]["_id"].as_str().unwrap());
    assert_eq!(client.read(&path).await, *built_in[0]);
    let change = Some(json!({ "name": "Other" }));
    check_problem(&client.call("PATCH", &path, change).await, 403, "insufficient_scope");
    check_problem(&client.call("DELETE", &path, None).await, 403, "insufficient_scope");
    assert_eq!(client.read(&path).await, *built_in[0]);
}

#[tokio::test]
async fn a_thing_of_one_shelf_is_not_on_another() {
    let client = Client::at_once().await;
    let made = client.make("/personas", json!({ "name": "tea", "description": "tea" })).await;
    let path = format!("/messaging/{}", made["id"].as_str().unwrap());
    check_problem(&client.get(&path).await, 404, "not_found");
}
