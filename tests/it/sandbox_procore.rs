//! The imitation of Procore, call by call.
#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod budget;
mod budget_lines;
mod change_orders;
mod contracts;
mod custom_fields;
mod direct_costs;
mod doors;
mod invoices;
mod lists;
mod prime_contracts;
mod purchase_orders;
mod sockets;
mod sub_jobs;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use crosswalk::connector::{Request, Response, TurnedClock};
use crosswalk::sandbox::{Company, Procore, ProcoreOptions};
use crosswalk::schema::{Catalog, load};
use crosswalk::value::Value;
use serde_json::{Value as Json, json};

/// Somebody at a desk with a token in hand.
struct Desk {
    procore: Procore,
    clock: Arc<TurnedClock>,
    company: Arc<Company>,
    token: String,
}

/// An answer, its body read.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Json,
    response: Response,
}

fn catalog() -> Arc<Catalog> {
    let folder = |system: &str| std::fs::read_dir(format!("{}/schemas/{system}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let schemas = ["procore", "acumatica"].into_iter().flat_map(folder).map(|entry| {
        let path = entry.unwrap().path();
        load(&path, &std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|problem| panic!("{problem:?}"))
    });
    Arc::new(Catalog::new(schemas))
}

impl Desk {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut ProcoreOptions)) -> Self {
        let clock = Arc::new(TurnedClock::at("2026-11-22T08:00:00Z".parse().unwrap()));
        let company = Arc::new(Company::draw(7, 3));
        let mut options = ProcoreOptions::new(clock.clone(), catalog(), company.clone());
        change(&mut options);
        let mut desk = Self { procore: Procore::new(options), clock, company, token: String::new() };
        desk.sign_in();
        desk
    }

    fn sign_in(&mut self) {
        let answer = self.token(&[("grant_type", "client_credentials")]);
        assert_eq!(answer.status, 200, "{answer:?}");
        self.token = answer.body["access_token"].as_str().unwrap().to_owned();
    }

    /// Asks the login host for a token, with our client id and secret added.
    fn token(&self, form: &[(&str, &str)]) -> Answer {
        let settings = self.procore.settings();
        let ours = [("client_id", settings.client_id.as_str()), ("client_secret", settings.client_secret.as_str())];
        let body = ours.iter().chain(form).map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        self.send(Request { method: "POST".into(), url: "http://procore.sandbox/oauth/token".into(), headers, body: body.into() })
    }

    #[allow(clippy::needless_pass_by_value)] // requests are made where they are sent
    fn send(&self, request: Request) -> Answer {
        let response = self.procore.handle(&request).response().expect("an answer");
        let text = String::from_utf8(response.body.clone()).unwrap();
        Answer { status: response.status, body: serde_json::from_str(&text).unwrap_or(Json::Null), response }
    }

    fn request(&self, method: &str, path: &str, body: &Json) -> Request {
        let headers = [
            ("authorization", format!("Bearer {}", self.token)),
            ("procore-company-id", self.company_id().to_string()),
            ("content-type", "application/json".to_owned()),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        Request { method: method.into(), url: format!("http://procore.sandbox{path}"), headers, body }
    }

    #[allow(clippy::needless_pass_by_value)] // bodies are made where they are sent
    fn call(&self, method: &str, path: &str, body: Json) -> Answer {
        self.send(self.request(method, path, &body))
    }

    fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Json::Null)
    }

    /// The body of a read that must succeed.
    fn read(&self, path: &str) -> Json {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    }

    /// A bulk write that must be answered 200; entities and errors.
    fn sync(&self, path: &str, scope: Json, updates: Json) -> (Json, Json) {
        let mut body = scope;
        body["updates"] = updates;
        let answer = self.call("PATCH", path, body);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        (answer.body["entities"].clone(), answer.body["errors"].clone())
    }

    /// A bulk write whose rows must all succeed.
    fn sync_all(&self, path: &str, scope: Json, updates: Json) -> Json {
        let (entities, errors) = self.sync(path, scope, updates);
        assert_eq!(errors, json!([]), "{path}");
        entities
    }

    fn company_id(&self) -> i64 {
        self.procore.settings().company_id
    }

    fn company_scope(&self) -> Json {
        json!({"company_id": self.company_id()})
    }

    fn vendors(&self) -> Json {
        self.read(&format!("/rest/v1.0/vendors?company_id={}&per_page=1000", self.company_id()))
    }

    /// The first project.
    fn project(&self) -> i64 {
        self.read(&format!("/rest/v1.1/projects?company_id={}", self.company_id()))[0]["id"].as_i64().unwrap()
    }

    fn turn(&self, seconds: u64) {
        self.clock.turn(Duration::from_secs(seconds));
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.response.header(name).unwrap_or_default()
    }

    /// The body as our own values: numbers digit for digit.
    fn value(&self) -> Value {
        Value::from_json(std::str::from_utf8(&self.response.body).unwrap()).unwrap()
    }
}
