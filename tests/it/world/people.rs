//! People at work in both systems while we are not looking.

use crosswalk::connector::{Request, Response};
use crosswalk::sandbox::{Acumatica, Procore, Reply};
use crosswalk::value::{Record, Value, json_text};

use super::{World, text};

impl World {
    /// Somebody changes something in Procore.
    pub(crate) fn in_procore(&self, method: &str, path: &str, body: &str) -> Value {
        let told = self.procore.settings();
        let credentials =
            format!(r#"{{"grant_type":"client_credentials","client_id":"{}","client_secret":"{}"}}"#, told.client_id, told.client_secret);
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let token = self.procore_call(("POST", "/oauth/token"), headers, &credentials);
        let token = token.as_record().unwrap().text("access_token").unwrap().to_owned();
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("authorization", format!("Bearer {token}")),
            ("procore-company-id", told.company_id.to_string()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let mark = if path.contains('?') { '&' } else { '?' };
        self.procore_call((method, &format!("{path}{mark}company_id={}", told.company_id)), headers, body)
    }

    /// Somebody gives a subcontract this title in Procore.
    pub(crate) fn retitle_contract(&self, contract: &Record, title: &str) {
        let path = format!("/rest/v1.0/work_order_contracts/{}?project_id={}", text(contract, "id"), text(contract, "project_id"));
        self.in_procore("PATCH", &path, &format!(r#"{{"work_order_contract":{{"title":"{title}"}}}}"#));
    }

    /// The same of the only one.
    pub(crate) fn retitle(&self, title: &str) {
        self.retitle_contract(&self.rows("work_order_contracts").remove(0), title);
    }

    /// Somebody deletes a record in Procore, as people may in the product.
    pub(crate) fn remove_in_procore(&self, collection: &str, id: &str) {
        self.procore_call(("DELETE", &format!("/sandbox/records/{collection}/{id}")), Vec::new(), "");
    }

    /// Somebody changes a record in Procore where no call of the API may.
    pub(crate) fn change_in_procore(&self, collection: &str, id: &str, body: &str) {
        self.procore_call(("PATCH", &format!("/sandbox/records/{collection}/{id}")), Vec::new(), body);
    }

    fn procore_call(&self, (method, path): (&str, &str), headers: Vec<(String, String)>, body: &str) -> Value {
        let request = Request { method: method.to_owned(), url: path.to_owned(), headers, body: body.into() };
        json(&Procore::handle(&self.procore, &request).response().unwrap(), path)
    }

    /// Somebody changes something in Acumatica, below the endpoint's address, in a session of their own.
    pub(crate) fn in_acumatica(&self, method: &str, path: &str, body: &str) -> Value {
        let call = |method: &str, url: String, cookie: &str, body: &str| {
            let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            if !cookie.is_empty() {
                headers.push(("cookie".to_owned(), cookie.to_owned()));
            }
            let request = Request { method: method.to_owned(), url, headers, body: body.into() };
            Reply::response(Acumatica::handle(&self.acumatica, &request)).unwrap()
        };
        let signed_in =
            call("POST", "/entity/auth/login".to_owned(), "", r#"{"name":"admin","password":"practice-password","tenant":"Company"}"#);
        let cookies = signed_in.headers.iter().filter(|(name, _)| name == "set-cookie");
        let cookie = cookies.map(|(_, value)| value.split(';').next().unwrap()).collect::<Vec<_>>().join("; ");
        let mut answer = call(method, format!("/entity/Default/24.200.001{path}"), &cookie, body);
        while answer.status == 202 {
            self.clock.turn(std::time::Duration::from_secs(3));
            answer = call("GET", answer.header("location").unwrap().to_owned(), &cookie, "");
        }
        call("POST", "/entity/auth/logout".to_owned(), &cookie, "");
        json(&answer, path)
    }

    /// Somebody changes a field of the only subcontract in Acumatica.
    pub(crate) fn edit_subcontract(&self, field: &str, value: &str) {
        let number = text(&self.books("Subcontract")[0], "SubcontractNbr");
        self.put("Subcontract", &format!(r#"{{"SubcontractNbr":"{number}","{field}":"{value}"}}"#));
    }

    /// The accountants book a cost on the practice company's first project and release it.
    pub(crate) fn book_cost(&self, amount: &str) {
        let line = format!(
            r#"{{"Project":"1001","ProjectTask":"0000","CostCode":"01-1000","AccountGroup":"OTHER","Qty":1,"UnitRate":{amount},"Amount":{amount}}}"#
        );
        let made = self.put("ProjectTransaction?$expand=Details", &format!(r#"{{"Description":"By hand","Details":[{line}]}}"#));
        let id = made.as_record().unwrap().text("id").unwrap().to_owned();
        let body = format!(r#"{{"entity":{{"id":"{id}"}},"parameters":{{}}}}"#);
        self.in_acumatica("POST", "/ProjectTransaction/ReleaseTransactions", &body);
    }

    /// An accountant opens the first subcontract for changes.
    pub(crate) fn put_on_hold(&self) {
        let id = self.books("Subcontract")[0].text("id").unwrap().to_owned();
        self.in_acumatica("POST", "/Subcontract/PutOnHold", &format!(r#"{{"entity":{{"id":"{id}"}},"parameters":{{}}}}"#));
    }

    /// The values of an Acumatica record, wrapped as the wire wants them: `{"City": "Boise", "Address": {"Zip": "8"}}`.
    pub(crate) fn put(&self, entity: &str, plain: &str) -> Value {
        let wrapped = json_text(&wrapped(&Value::from_json(plain).unwrap()));
        self.in_acumatica("PUT", &format!("/{entity}"), &wrapped)
    }
}

fn wrapped(value: &Value) -> Value {
    match value {
        Value::Record(record) => Value::Record(record.iter().map(|(name, value)| (name.to_owned(), inner(value))).collect()),
        other => inner(other),
    }
}

fn inner(value: &Value) -> Value {
    match value {
        Value::Record(_) => wrapped(value),
        Value::List(list) => Value::List(list.iter().map(wrapped).collect()),
        scalar => Value::Record([("value", scalar.clone())].into_iter().collect()),
    }
}

fn json(answer: &Response, path: &str) -> Value {
    let body = String::from_utf8_lossy(&answer.body);
    assert!(answer.status < 300, "{path}: {} {body}", answer.status);
    if body.is_empty() { Value::Null } else { Value::from_json(&body).unwrap() }
}
