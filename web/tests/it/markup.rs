//! As much of HTML as our own pages use: tags with their attributes, and the fields of a form.

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    /// Where its content starts.
    end: usize,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// The start tags of a document, in order.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<') {
        let start = at + open + 1;
        let end = start + html[start..].find('>').expect("a tag ends");
        at = end + 1;
        if html[start..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            out.push(tag(&html[start..end], at));
        }
    }
    out
}

fn tag(text: &str, end: usize) -> Tag {
    let (name, mut rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let stop = rest.find(['=', ' ']).unwrap_or(rest.len());
        let name = rest[..stop].to_owned();
        let value;
        (value, rest) = match rest[stop..].strip_prefix("=\"") {
            None => ("", &rest[stop..]),
            Some(quoted) => quoted.split_once('"').expect("a quote closes"),
        };
        attributes.push((name, unescaped(value)));
        rest = rest.trim_start();
    }
    Tag { name: name.to_owned(), attributes, end }
}

/// What a browser sends of the page's form, which stands in its main part; the search in the header is another form.
pub(crate) fn fields(html: &str) -> Vec<(String, String)> {
    let html = html.find("<main").map_or(html, |main| &html[main..]);
    let mut out: Vec<(String, String)> = Vec::new();
    let mut list = None;
    for tag in tags(html) {
        let value = |t: &Tag| t.get("value").unwrap_or_default().to_owned();
        let name = tag.get("name").filter(|_| tag.get("disabled").is_none()).map(str::to_owned);
        match (tag.name.as_str(), name) {
            ("input", Some(name)) => match tag.get("type") {
                Some("radio" | "checkbox") if tag.get("checked").is_none() => {}
                _ => out.push((name, value(&tag))),
            },
            ("textarea", Some(name)) => {
                let rest = &html[tag.end..];
                out.push((name, unescaped(&rest[..rest.find('<').expect("an end")])));
            }
            ("select", name) => list = name,
            ("option", _) if tag.get("selected").is_some() => {
                out.extend(list.clone().map(|list| (list, value(&tag))));
            }
            _ => {}
        }
    }
    out
}

/// The text of the element with this `id`, up to its end tag; elements of the same name may not stand in it.
pub(crate) fn text(html: &str, id: &str) -> Option<String> {
    let tag = tags(html).into_iter().find(|t| t.get("id") == Some(id))?;
    let rest = &html[tag.end..];
    Some(plain(&rest[..rest.find(&format!("</{}>", tag.name))?]))
}

/// The text without its tags.
pub(crate) fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out += &rest[..open];
        rest = rest[open..].split_once('>').map_or("", |(_, rest)| rest);
    }
    unescaped(&(out + rest))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
