//! A vendor's API description: operations by path, and shapes with their references followed.

use serde_json::Value as Json;

/// One OpenAPI file.
pub(super) struct Document(Json);

/// A schema in it, references followed.
#[derive(Clone)]
pub(super) struct Node<'d> {
    document: &'d Document,
    json: &'d Json,
    /// The component it was reached by, `StringValue`.
    pub(super) component: Option<&'d str>,
}

/// One method of one path.
pub(super) struct Operation<'d> {
    document: &'d Document,
    json: &'d Json,
}

/// A query parameter.
pub(super) struct Parameter<'d> {
    pub(super) name: &'d str,
    pub(super) required: bool,
    pub(super) labels: Vec<&'d str>,
}

impl Document {
    /// Reads the text of an OpenAPI file.
    pub(super) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).expect("a vendor description is JSON"))
    }

    /// The operation of a method at a path; names in braces may differ.
    pub(super) fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let wanted = anonymous(path);
        let paths = self.0["paths"].as_object()?;
        let (_, item) =
            paths.iter().filter(|(path, _)| anonymous(path) == wanted).find(|(_, item)| item.get(method.to_lowercase()).is_some())?;
        Some(Operation { document: self, json: &item[method.to_lowercase()] })
    }

    /// A component by its name.
    pub(super) fn component(&self, name: &str) -> Option<Node<'_>> {
        let (name, json) = self.0["components"]["schemas"].as_object()?.get_key_value(name)?;
        Some(Node { document: self, json, component: Some(name) })
    }

    fn follow<'d>(&'d self, json: &'d Json) -> Node<'d> {
        let mut node = Node { document: self, json, component: None };
        while let Some(reference) = node.json["$ref"].as_str() {
            node.json = self.0.pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere");
            node.component = reference.rsplit('/').next();
        }
        node
    }
}

impl<'d> Operation<'d> {
    /// The parameters of the query.
    pub(super) fn query(&self) -> Vec<Parameter<'d>> {
        let parameters = self.json["parameters"].as_array().into_iter().flatten();
        let followed = parameters.map(|parameter| self.document.follow(parameter).json).filter(|parameter| parameter["in"] == "query");
        followed
            .map(|json| Parameter {
                name: json["name"].as_str().expect("a parameter has a name"),
                required: json["required"] == true,
                labels: labels(&json["schema"]),
            })
            .collect()
    }

    /// The body of a request.
    pub(super) fn body(&self) -> Option<Node<'d>> {
        let schema = self.json.pointer("/requestBody/content/application~1json/schema")?;
        Some(self.document.follow(schema))
    }

    /// The body of a good answer.
    pub(super) fn answer(&self) -> Option<Node<'d>> {
        let good = ["200", "201"].into_iter().filter_map(|code| self.json["responses"].get(code));
        let schema = good.filter_map(|answer| answer.pointer("/content/application~1json/schema")).next()?;
        Some(self.document.follow(schema))
    }
}

impl<'d> Node<'d> {
    /// A member of an object, or of the objects of a list; parts of `allOf` count.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        if let Some(items) = self.items() {
            return items.member(name);
        }
        if let Some(found) = self.json["properties"].get(name) {
            return Some(self.document.follow(found));
        }
        let parts = self.json["allOf"].as_array()?;
        parts.iter().find_map(|part| self.document.follow(part).member(name))
    }

    /// The member at `a.b.c`.
    pub(super) fn at(&self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self.clone(), |node, name| node.member(name))
    }

    /// What a list holds.
    pub(super) fn items(&self) -> Option<Self> {
        (self.json["type"] == "array").then(|| self.document.follow(&self.json["items"]))
    }

    /// The JSON type's word.
    pub(super) fn kind(&self) -> &'d str {
        match self.json["type"].as_str() {
            Some(word) => word,
            None if self.json["properties"].is_object() || self.json["allOf"].is_array() => "object",
            None => "",
        }
    }

    /// The format's word.
    pub(super) fn format(&self) -> &'d str {
        self.json["format"].as_str().unwrap_or_default()
    }

    /// Whether a string is marked as a decimal.
    pub(super) fn is_decimal_text(&self) -> bool {
        self.kind() == "string" && self.json["x-decimal-string"] == true
    }

    /// Whether an object's members are described.
    pub(super) fn is_described(&self) -> bool {
        self.json["properties"].is_object() || self.json["allOf"].is_array()
    }

    /// The labels of an enumeration, without those that stand for nothing.
    pub(super) fn labels(&self) -> Vec<&'d str> {
        labels(self.json)
    }
}

fn labels(json: &Json) -> Vec<&str> {
    let all = json["enum"].as_array().into_iter().flatten().filter_map(Json::as_str);
    all.filter(|label| !label.is_empty() && *label != "null").collect()
}

/// The path with the names in its braces left out.
fn anonymous(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for letter in path.chars() {
        if letter == '}' {
            inside = false;
        }
        if !inside {
            out.push(letter);
        }
        if letter == '{' {
            inside = true;
        }
    }
    out
}
