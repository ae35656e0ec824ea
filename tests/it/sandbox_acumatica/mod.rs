//! Stories against the imitated Acumatica: each thing that the real one does to its clients.

#![allow(clippy::unwrap_used)] // a story that cannot go on is a failed story

mod bills;
mod change_orders;
mod checks;
mod faults;
mod invoices;
mod life;
mod office;
mod orders;
mod periods;
mod projects;
mod reading;
mod sessions;
mod versions;
mod writing;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crosswalk::connector::{Request, Response, TurnedClock};
use crosswalk::sandbox::{Acumatica, AcumaticaOptions, Company, Numbering, Reply};
use crosswalk::schema::{Catalog, load};
use crosswalk::value::{Decimal, Record, Value};

/// The endpoint that most stories use.
const BASE: &str = "/entity/Default/24.200.001";

/// An instance, its clock, and somebody who may be signed in.
struct Desk {
    instance: Acumatica,
    clock: Arc<TurnedClock>,
    headers: Vec<(String, String)>,
}

/// The shipped Acumatica schemas.
fn catalog() -> Arc<Catalog> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/acumatica");
    let mut schemas = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        schemas.push(load(&path, &text).unwrap_or_else(|problem| panic!("{problem:?}")));
    }
    Arc::new(Catalog::new(schemas))
}

/// An instance that nobody has signed in to, set up as the story needs it.
fn closed(change: impl FnOnce(&mut AcumaticaOptions)) -> Desk {
    let clock = Arc::new(TurnedClock::at("2026-11-20T09:30:00Z".parse().unwrap()));
    let company = Arc::new(Company::draw(7, 4));
    let mut options = AcumaticaOptions::new(clock.clone(), catalog(), company);
    options.numbering.insert("Subcontract".to_owned(), Numbering::Manual);
    change(&mut options);
    Desk { instance: Acumatica::new(options), clock, headers: Vec::new() }
}

/// An instance with somebody signed in.
fn open(change: impl FnOnce(&mut AcumaticaOptions)) -> Desk {
    let mut desk = closed(change);
    desk.sign_in();
    desk
}

impl Desk {
    fn sign_in(&mut self) {
        let answer = self.call("POST", "/entity/auth/login", r#"{"name":"admin","password":"practice-password","tenant":"Company"}"#);
        assert_eq!(answer.status, 204, "{}", text(&answer));
        self.headers = vec![("cookie".to_owned(), jar(&answer))];
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Request {
        let url = if path.starts_with("/entity") || path.starts_with("/sandbox") || path.starts_with("/identity") {
            path.to_owned()
        } else {
            format!("http://localhost{BASE}{path}")
        };
        Request { method: method.to_owned(), url, headers: self.headers.clone(), body: body.into() }
    }

    fn reply(&self, method: &str, path: &str, body: &str) -> Reply {
        self.instance.handle(&self.request(method, path, body))
    }

    fn call(&self, method: &str, path: &str, body: &str) -> Response {
        self.reply(method, path, body).response().expect("an answer")
    }

    /// A call that succeeds with JSON.
    fn read(&self, path: &str) -> Value {
        let answer = self.call("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
        json(&answer)
    }

    /// A write that succeeds.
    fn put(&self, path: &str, body: &str) -> Value {
        let answer = self.call("PUT", path, body);
        assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
        json(&answer)
    }

    /// A write of plain JSON that succeeds, with its details and custom fields.
    fn write(&self, path: &str, plain: &str) -> Value {
        self.put(path, &wrapped(plain))
    }

    /// A write of plain JSON that the business logic refuses: the echo.
    fn refused(&self, path: &str, plain: &str) -> Value {
        let answer = self.call("PUT", path, &wrapped(plain));
        assert_eq!(answer.status, 422, "{path}: {}", text(&answer));
        json(&answer)
    }

    /// What an action that fails says, at once or as an operation.
    fn failed(&self, entity: &str, action: &str, (keys, parameters): (&str, &str)) -> String {
        let body = format!(r#"{{"entity":{},"parameters":{}}}"#, wrapped(keys), wrapped(parameters));
        let answer = self.call("POST", &format!("/{entity}/{action}"), &body);
        let answer = match answer.header("location") {
            Some(place) if answer.status == 202 => {
                self.clock.turn(Duration::from_secs(3));
                self.call("GET", place, "")
            }
            _ => answer,
        };
        assert_eq!(answer.status, 500, "{action}: {}", text(&answer));
        at(&json(&answer), "exceptionMessage")
    }

    /// Calls an action with parameters in plain JSON, and waits for its end.
    fn act_with(&self, entity: &str, action: &str, (keys, parameters): (&str, &str)) {
        let body = format!(r#"{{"entity":{},"parameters":{}}}"#, wrapped(keys), wrapped(parameters));
        let answer = self.call("POST", &format!("/{entity}/{action}"), &body);
        assert!([202, 204].contains(&answer.status), "{action}: {}", text(&answer));
        if answer.status == 202 {
            self.clock.turn(Duration::from_secs(3));
            let end = self.call("GET", answer.header("location").unwrap(), "");
            assert_eq!(end.status, 204, "{action}: {}", text(&end));
        }
    }

    /// An active project of a template.
    fn project_of(&self, template: &str, number: &str) {
        self.write("/Project", &format!(r#"{{"ProjectID":"{number}","Description":"Library","ProjectTemplateID":"{template}"}}"#));
        self.act("Project", "ActivateProject", &format!(r#"{{"ProjectID":{{"value":"{number}"}}}}"#));
    }

    /// An open subcontract of one line: 1 × 1000 on cost code 03-3000.
    fn open_subcontract(&self, number: &str, project: &str) {
        self.subcontract(number, project);
        self.act("Subcontract", "ReleaseFromHold", &format!(r#"{{"SubcontractNbr":{{"value":"{number}"}}}}"#));
    }

    /// The only record of an entity with this value.
    fn book(&self, entity: &str, (field, value): (&str, &str)) -> Record {
        let mut found: Vec<Record> = self.books(entity).into_iter().filter(|record| record.text(field) == Some(value)).collect();
        assert_eq!(found.len(), 1, "{entity} with {field} = {value}: {found:?}");
        found.remove(0)
    }

    /// Calls an action and waits for its end.
    fn act(&self, entity: &str, action: &str, keys: &str) {
        let answer = self.call("POST", &format!("/{entity}/{action}"), &format!(r#"{{"entity":{keys},"parameters":{{}}}}"#));
        assert!([202, 204].contains(&answer.status), "{action}: {}", text(&answer));
        if answer.status == 202 {
            self.clock.turn(Duration::from_secs(3));
            assert_eq!(self.call("GET", answer.header("location").unwrap(), "").status, 204);
        }
    }

    /// A project that documents can refer to.
    fn active_project(&self, number: &str) {
        self.put("/Project", &format!(r#"{{"ProjectID":{{"value":"{number}"}},"Description":{{"value":"Library"}}}}"#));
        self.act("Project", "ActivateProject", &format!(r#"{{"ProjectID":{{"value":"{number}"}}}}"#));
    }

    /// A subcontract on hold.
    fn subcontract(&self, number: &str, project: &str) -> Value {
        let line = format!(
            r#"{{"Project":{{"value":"{project}"}},"CostCode":{{"value":"03-3000"}},"InventoryID":{{"value":"PCSUBCON"}},
                "OrderQty":{{"value":1}},"UnitCost":{{"value":1000}}}}"#
        );
        let body = format!(
            r#"{{"SubcontractNbr":{{"value":"{number}"}},"VendorID":{{"value":"V000001"}},"VendorRef":{{"value":"{number}"}},
                "DoNotPrint":{{"value":true}},"DoNotEmail":{{"value":true}},"Details":[{line}]}}"#
        );
        self.put("/Subcontract?$expand=Details", &body)
    }

    /// What the books hold.
    fn books(&self, entity: &str) -> Vec<Record> {
        self.instance.records(entity)
    }
}

/// The cookies of an answer, as a browser sends them back.
fn jar(answer: &Response) -> String {
    let cookies = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    cookies.map(|(_, value)| value.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

fn text(answer: &Response) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn json(answer: &Response) -> Value {
    Value::from_json(&text(answer)).unwrap_or_else(|problem| panic!("{problem}: {}", text(answer)))
}

/// The text below `a.b.c.value`, through lists by number.
fn at(value: &Value, path: &str) -> String {
    let found = path.split('.').try_fold(value, |value, step| match step.parse::<usize>() {
        Ok(place) => value.as_list()?.get(place),
        Err(_) => value.as_record()?.get(step),
    });
    let found = found.map(|value| value.as_record().and_then(|wrapper| wrapper.get("value")).unwrap_or(value));
    found.map(Value::plain).unwrap_or_default()
}

/// Plain JSON as it goes over the wire: each value in its wrapper, those below `custom` with their type; `id` and `delete` bare.
fn wrapped(plain: &str) -> String {
    wrap(&Value::from_json(plain).unwrap_or_else(|problem| panic!("{problem}: {plain}"))).to_string()
}

fn wrap(value: &Value) -> Value {
    match value {
        Value::Record(record) => {
            let members = record.iter().map(|(name, value)| match (name, value) {
                ("id" | "delete", _) => (name, value.clone()),
                _ => (name, wrap(value)),
            });
            Value::Record(members.collect())
        }
        Value::List(lines) => Value::List(lines.iter().map(wrap).collect()),
        plain => Value::Record([("value", plain.clone())].into_iter().collect()),
    }
}

/// The lines of a record of the books.
fn lines(record: &Record, detail: &str) -> Vec<Record> {
    let lines = record.get(detail).and_then(Value::as_list).unwrap_or_default();
    lines.iter().filter_map(|line| line.as_record().cloned()).collect()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn number(record: &Record, name: &str) -> Decimal {
    match record.get(name) {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}

/// The type of the exception in an answer.
fn exception(answer: &Response) -> String {
    at(&json(answer), "exceptionType")
}
