//! What do `{company_id}`, `{project_id}`, `{id}` and the other places in paths, queries and bodies stand for?

use std::collections::BTreeMap;

use crate::connector::error::{ConnectorError, ErrorKind};
use crate::connector::percent;
use crate::connector::settings::ProcoreSettings;
use crate::connector::words::ProjectScope;
use crate::schema::{Schema, System};
use crate::value::{Record, Value, decimal};

/// What the places of a template are filled with.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    pub(super) schema: &'a Schema,
    pub(super) settings: &'a ProcoreSettings,
    pub(super) project: Option<&'a ProjectScope>,
    pub(super) id: Option<&'a str>,
    /// Where `$field` is found.
    pub(super) record: Option<&'a Record>,
}

impl<'a> Places<'a> {
    /// The same for one record.
    pub(super) fn of(self, id: &'a str) -> Self {
        Self { id: Some(id), ..self }
    }

    /// The same with a record at hand.
    pub(super) fn with(self, record: &'a Record) -> Self {
        Self { record: Some(record), ..self }
    }

    /// A path; what is filled in is encoded.
    pub(super) fn path(&self, template: &str) -> Result<String, ConnectorError> {
        self.fill(template, percent::encode)
    }

    /// Query parameters, not yet encoded.
    pub(super) fn query(&self, templates: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, ConnectorError> {
        let filled = |template: &String| match template.strip_prefix('$') {
            Some(field) => self.field(field),
            None => self.fill(template, str::to_owned),
        };
        templates.iter().map(|(name, template)| Ok((name.clone(), filled(template)?))).collect()
    }

    /// Members of a body. An id or setting of digits alone goes as a number, as v1 wants; an origin id is always text.
    pub(super) fn body(&self, templates: &BTreeMap<String, String>) -> Result<Record, ConnectorError> {
        let mut record = Record::new();
        for (name, template) in templates.iter().filter(|(_, template)| !template.starts_with('$')) {
            let text = self.fill(template, str::to_owned)?;
            let whole = template.starts_with('{') && template.ends_with('}') && template != "{project_origin_id}";
            let number =
                if whole && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) { decimal(&text).ok() } else { None };
            record.set_at(name, number.map_or(Value::Text(text), Value::Number));
        }
        Ok(record)
    }

    fn field(&self, field: &str) -> Result<String, ConnectorError> {
        let value = self.record.and_then(|record| record.get(field)).filter(|value| !value.is_null());
        value.map(Value::plain).ok_or_else(|| self.wrong(&format!("it is addressed by its `{field}`, and none is given")))
    }

    fn fill(&self, template: &str, encode: impl Fn(&str) -> String) -> Result<String, ConnectorError> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, from)) = rest.split_once('{') {
            let (name, after) = from.split_once('}').ok_or_else(|| self.wrong(&format!("`{template}` has an open brace")))?;
            filled.push_str(before);
            filled.push_str(&encode(&self.place(name)?));
            rest = after;
        }
        Ok(filled + rest)
    }

    fn place(&self, name: &str) -> Result<String, ConnectorError> {
        let project = || self.project.ok_or_else(|| self.wrong(&format!("`{{{name}}}` needs a project, and none is given")));
        match name {
            "company_id" => Ok(self.settings.company_id.clone()),
            "project_id" => Ok(project()?.procore.clone()),
            "project_origin_id" => project()?
                .procore_origin
                .clone()
                .ok_or_else(|| self.wrong("the project has no origin id in Procore yet: send the project first")),
            "id" => self.id.map(str::to_owned).ok_or_else(|| self.wrong("`{id}` needs a record, and none is given")),
            other => match other.strip_prefix("settings.") {
                Some(key) => self
                    .settings
                    .settings
                    .get(key)
                    .map(ToString::to_string)
                    .ok_or_else(|| self.wrong(&format!("set `{key}` under `settings` of procore"))),
                None => Err(self.wrong(&format!("`{{{other}}}` is not a place we know"))),
            },
        }
    }

    fn wrong(&self, message: &str) -> ConnectorError {
        ConnectorError::new(ErrorKind::NotSupported, System::Procore, self.schema.name.as_str(), message)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{Places, ProjectScope};
    use crate::connector::settings::ProcoreSettings;
    use crate::schema::load;
    use crate::value::json_text;

    #[test]
    fn places_are_filled_for_path_query_and_body() {
        let schema = load(Path::new("x"), r#"{"type":"object","x-resource":{"system":"procore","name":"x","id":"id","key":["id"],"wire":{}},"properties":{"id":{"type":"integer"}}}"#).unwrap();
        let settings: ProcoreSettings =
            serde_json::from_str(r#"{"company_id":"77","client_id":"c","client_secret":"env:S","settings":{"list":12}}"#).unwrap();
        let project = ProjectScope { procore: "5".to_owned(), acumatica: "P".to_owned(), procore_origin: Some("123".to_owned()) };
        let places = Places { schema: &schema, settings: &settings, project: Some(&project), id: None, record: None };
        assert_eq!(places.of("a/1").path("/c/{company_id}/p/{project_id}/x/{id}").unwrap(), "/c/77/p/5/x/a%2F1");
        let pairs = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(places.query(&pairs(&[("l", "{settings.list}")])).unwrap(), [("l".to_owned(), "12".to_owned())]);
        let body =
            places.body(&pairs(&[("company_id", "{company_id}"), ("job", "{project_origin_id}"), ("kind", "7"), ("a.b", "x")])).unwrap();
        assert_eq!(json_text(&body.into()), r#"{"a":{"b":"x"},"company_id":77,"job":"123","kind":"7"}"#);
        for (template, named) in
            [("{id}", "needs a record"), ("{settings.none}", "set `none`"), ("{what}", "not a place"), ("{id", "open brace")]
        {
            assert!(places.path(template).unwrap_err().message.contains(named), "{template}");
        }
        let bare = Places { project: None, ..places };
        assert!(bare.path("{project_id}").unwrap_err().message.contains("needs a project"));
    }
}
