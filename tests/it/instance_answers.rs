//! An instance whose answers are not what they should be: told, and nothing is kept of any of them.

use crosswalk::config::pull;
use crosswalk::connector::ErrorKind;
use crosswalk::contract::Instance;
use crosswalk::schema::Endpoint;
use crosswalk::sync::Failure;

use crate::script::ok;
use crate::world::{SHIPPED, Setup, World};

async fn pulled(world: &World) -> Result<Instance, Failure> {
    let doors = world.doors();
    pull(&doors, (world.plans(), &SHIPPED.catalog), &Endpoint::default()).await.map(|(_, instance)| instance)
}

/// The failure when one answer is another one.
async fn with_instead(part: &str, body: &str) -> String {
    let world = Setup::small().open();
    world.wire.instead(part, ok(body), usize::MAX);
    let failure = pulled(&world).await.unwrap_err();
    assert!(matches!(&failure, Failure::System(error) if error.kind == ErrorKind::Nonsense), "{failure}");
    assert_eq!(world.acumatica.sessions(), 0, "the session is given back all the same");
    failure.to_string()
}

#[tokio::test]
async fn an_instance_that_tells_the_same_twice_is_believed() {
    let world = Setup::small().open();
    let instance = pulled(&world).await.unwrap();
    assert_eq!(instance.usual, Endpoint::default());
    assert!(instance.ad_hoc.contains_key("Bill") && instance.definitions.as_ref().is_some_and(Vec::is_empty));
    assert!(instance.listed.unwrap().iter().any(|endpoint| endpoint.name == "Construction"), "the tenant's own endpoints as well");
    assert_eq!(world.acumatica.sessions(), 0);
}

#[tokio::test]
async fn a_page_of_html_a_cut_answer_and_a_contradiction_are_told() {
    let page = "<!DOCTYPE html><html><body>Welcome</body></html>";
    for part in ["swagger.json", "$adHocSchema"] {
        let told = with_instead(part, page).await;
        assert!(told.contains("description in JSON") && told.contains(part.trim_start_matches('$')), "{told}");
        with_instead(part, "{\"openapi\": \"3.0").await;
        with_instead(part, "[]").await;
    }
    let other = with_instead("swagger.json", r#"{"swagger": "2.0", "info": {"title": "Default/24.200.001", "version": "4"}}"#).await;
    assert!(other.contains("Swagger 2.0") && other.contains("--endpoint-version"), "{other}");
    let bare = with_instead("/Bill/$adHocSchema", r#"{"Type": {}, "custom": {}, "Details": [{"custom": {}}]}"#).await;
    assert!(bare.contains("`Bill/$adHocSchema` lacks ") && bare.contains("which swagger.json of Default/24.200.001 has"), "{bare}");
    let fields = with_instead("custom_field_definitions", r#"[{"id": "one"}]"#).await;
    assert!(fields.contains("custom field definitions"), "{fields}");
}
