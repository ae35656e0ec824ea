//! How do both systems behave on the wire? A call to Procore, taken apart: ids of the path, parameters, body, filters.

use crate::connector::Request;
use crate::sandbox::wire::Target;
use crate::value::{Record, Value};

use super::problem::Problem;
use super::store::whole;

/// A call whose path is known.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Path and query, decoded.
    pub(crate) target: Target,
    /// Scheme and host, for the addresses of other pages.
    pub(crate) base: String,
    /// The query as it was written.
    pub(crate) raw_query: String,
    /// Ids that stood in the path, by the names of the route.
    pub(crate) ids: Vec<(&'static str, i64)>,
    /// The body; null when there is none.
    pub(crate) body: Value,
}

/// One `filters[name]`, with all its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The name between the brackets.
    pub(crate) name: String,
    /// The values.
    pub(crate) values: Vec<String>,
}

impl Call {
    /// Takes a request apart. The body of a write must be JSON.
    ///
    /// # Errors
    /// 400 for a body that is no JSON, 406 for one of another type.
    pub(crate) fn of(request: &Request, target: Target, ids: Vec<(&'static str, i64)>) -> Result<Self, Problem> {
        let (base, rest) = match request.url.split_once("://") {
            Some((scheme, rest)) => {
                let host = rest.split(['/', '?']).next().unwrap_or_default();
                (format!("{scheme}://{host}"), &rest[host.len()..])
            }
            None => (String::new(), request.url.as_str()),
        };
        let raw_query = rest.split_once('?').map_or("", |(_, query)| query).to_owned();
        Ok(Self { target, base, raw_query, ids, body: body(request)? })
    }

    /// Whether it is a call of version 2.
    pub(crate) fn is_v2(&self) -> bool {
        self.target.parts.get(1).is_some_and(|version| version.starts_with("v2."))
    }

    /// An id of the path.
    pub(crate) fn id(&self, name: &str) -> i64 {
        self.ids.iter().find(|(known, _)| *known == name).map(|(_, id)| *id).expect("a handler asks for ids of its own route")
    }

    /// A parameter, wherever it stands: path, query, or top of the body.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let path = self.ids.iter().find(|(known, _)| *known == name).map(|(_, id)| id.to_string());
        let query = || self.target.query(name).map(str::to_owned);
        let body = || self.body.at(name).filter(|value| !value.is_null()).map(Value::plain);
        path.or_else(query).or_else(body).filter(|text| !text.is_empty())
    }

    /// A parameter that is an id.
    ///
    /// # Errors
    /// 400 when it is missing, 404 when it is no number.
    pub(crate) fn id_param(&self, name: &str) -> Result<i64, Problem> {
        let text = self.param(name).ok_or_else(|| missing(name))?;
        text.parse().map_err(|_| Problem::NotFound)
    }

    /// All values of a parameter, `name=` and `name[]=` alike.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let list = format!("{name}[]");
        self.target.query.iter().filter(|(known, _)| known == name || *known == list).map(|(_, value)| value.as_str()).collect()
    }

    /// The record that a plain write wraps: `{"vendor": {…}}`.
    ///
    /// # Errors
    /// 400 when it is not there.
    pub(crate) fn item(&self, name: &str) -> Result<&Record, Problem> {
        self.body.at(name).and_then(Value::as_record).ok_or_else(|| missing(name))
    }

    /// The rows of a bulk write.
    ///
    /// # Errors
    /// 400 when they are not there or are no records.
    pub(crate) fn rows(&self, name: &str) -> Result<Vec<&Record>, Problem> {
        let rows = self.body.at(name).and_then(Value::as_list).ok_or_else(|| missing(name))?;
        let records = rows.iter().map(Value::as_record).collect::<Option<Vec<_>>>();
        records.ok_or_else(|| Problem::Malformed(format!("{name} must be a list of objects")))
    }

    /// The filters, in the order of their first appearance.
    pub(crate) fn filters(&self) -> Vec<Filter> {
        let mut filters: Vec<Filter> = Vec::new();
        for (name, value) in &self.target.query {
            let Some(name) = name.strip_prefix("filters[") else { continue };
            let Some(name) = name.strip_suffix("][]").or_else(|| name.strip_suffix(']')) else { continue };
            match filters.iter_mut().find(|filter| filter.name == name) {
                Some(filter) => filter.values.push(value.clone()),
                None => filters.push(Filter { name: name.to_owned(), values: vec![value.clone()] }),
            }
        }
        filters
    }
}

/// 400 for a parameter that is not there.
pub(crate) fn missing(name: &str) -> Problem {
    Problem::Malformed(format!("param is missing or the value is empty: {name}"))
}

fn body(request: &Request) -> Result<Value, Problem> {
    if request.body.is_empty() || request.method == "GET" {
        return Ok(Value::Null);
    }
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.trim().to_ascii_lowercase().starts_with("application/json") {
        return Err(Problem::NotAcceptable(format!("unsupported content type: {kind}")));
    }
    let malformed = |what: String| Problem::Malformed(format!("There was a problem in the JSON you submitted: {what}"));
    let text = std::str::from_utf8(&request.body).map_err(|problem| malformed(problem.to_string()))?;
    Value::from_json(text).map_err(|problem| malformed(problem.to_string()))
}

/// A whole number of a record that was sent.
pub(crate) fn sent_id(record: &Record, name: &str) -> Option<i64> {
    record.get(name).and_then(whole)
}

#[cfg(test)]
mod tests {
    use super::{Call, Filter};
    use crate::connector::Request;
    use crate::sandbox::wire::Target;

    #[test]
    fn filters_gather_their_values() {
        let url = "http://h/rest/v1.0/vendors?filters%5Bid%5D[]=1&filters[id][]=2&filters[origin_id]=a%3Ab&page=2";
        let request = Request { method: "GET".into(), url: url.into(), ..Request::default() };
        let call = Call::of(&request, Target::of(url), Vec::new()).unwrap();
        let filter = |name: &str, values: &[&str]| Filter { name: name.into(), values: values.iter().map(|v| (*v).into()).collect() };
        assert_eq!(call.filters(), [filter("id", &["1", "2"]), filter("origin_id", &["a:b"])]);
        assert_eq!((call.base.as_str(), call.param("page").as_deref()), ("http://h", Some("2")));
    }
}
