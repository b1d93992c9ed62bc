//! The condition language of `when` and `holds`: comparisons, `and`, `or`, `not`, and a few functions.

/// A condition, names not yet resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All hold.
    And(Vec<Expr>),
    /// One holds.
    Or(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// Two terms compare so.
    Compare(&'static str, Term, Term),
    /// `empty(NAME)`
    Empty(String),
    /// `ipv4(NAME)`
    Ipv4(String),
    /// `factory(NAME)`: it has its factory value.
    Factory(String),
    /// `distinct(A[*], B)`
    Distinct(Vec<Term>),
    /// `disjoint(A[*], B[*] + 1)`
    Disjoint(Term, Term),
    /// `contains(A[*], "Y")`
    Contains(String, String),
    /// `all_or_none(A[*])`
    AllOrNone(String),
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// The family's parameter with the numbers at hand.
    Param(String),
    /// All parameters of the family.
    All(String),
    /// `NAME[3]`: the family's parameter with this number in the dimension that is not at hand.
    At(String, u16),
    /// A term with a number added.
    Plus(Box<Term>, i64),
}

impl Expr {
    /// Every family that it names, and which of its parameters it means.
    pub fn names(&self) -> Vec<(&str, Which)> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::names).collect(),
            Self::Not(inner) => inner.names(),
            Self::Compare(_, a, b) | Self::Disjoint(a, b) => a.names().into_iter().chain(b.names()).collect(),
            Self::Empty(name) | Self::Ipv4(name) | Self::Factory(name) => vec![(name, Which::AtHand)],
            Self::Distinct(terms) => terms.iter().flat_map(Term::names).collect(),
            Self::Contains(name, _) | Self::AllOrNone(name) => vec![(name, Which::All)],
        }
    }
}

/// Which parameters of a family a condition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one with the numbers at hand.
    AtHand,
    /// The one with this number in the dimension that is not at hand.
    Numbered(u16),
    /// All of them.
    All,
}

impl Term {
    fn names(&self) -> Vec<(&str, Which)> {
        match self {
            Self::Int(_) | Self::Text(_) => Vec::new(),
            Self::Param(name) => vec![(name, Which::AtHand)],
            Self::At(name, number) => vec![(name, Which::Numbered(*number))],
            Self::All(name) => vec![(name, Which::All)],
            Self::Plus(inner, _) => inner.names(),
        }
    }
}

/// Reads a condition.
///
/// # Errors
/// What is wrong, and near what.
pub fn parse(text: &str) -> Result<Expr, String> {
    let tokens = lex(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) => Err(format!("{token} is left over")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Word(String),
    Int(i64),
    Text(String),
    Sign(&'static str),
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(text) | Self::Word(text) => f.write_str(text),
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Sign(sign) => write!(f, "\"{sign}\""),
        }
    }
}

fn lex(text: &str) -> Result<Vec<Token>, String> {
    const SIGNS: [&str; 14] = ["==", "!=", "<=", ">=", "[*]", "[", "]", "<", ">", "(", ")", ",", "+", "-"];
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let taken = if c.is_ascii_uppercase() {
            let end =
                rest.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(rest.len());
            out.push(Token::Name(rest[..end].to_owned()));
            end
        } else if c.is_ascii_lowercase() {
            let end =
                rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')).unwrap_or(rest.len());
            out.push(Token::Word(rest[..end].to_owned()));
            end
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            out.push(Token::Int(rest[..end].parse().map_err(|_| format!("{} is too large", &rest[..end]))?));
            end
        } else if c == '"' {
            let end = rest[1..].find('"').ok_or("a quote does not close")? + 1;
            out.push(Token::Text(rest[1..end].to_owned()));
            end + 1
        } else {
            let sign =
                SIGNS.into_iter().find(|s| rest.starts_with(s)).ok_or_else(|| format!("{c:?} is not understood"))?;
            out.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[taken..].trim_start();
    }
    Ok(out)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or("the condition ends too early")?;
        self.at += 1;
        Ok(token)
    }

    fn eat(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        self.eat(&Token::Word(word.to_owned()))
    }

    fn sign(&mut self, sign: &'static str) -> Result<(), String> {
        match self.eat(&Token::Sign(sign)) {
            true => Ok(()),
            false => Err(match self.peek() {
                None => format!("\"{sign}\" is missing at the end"),
                Some(token) => format!("\"{sign}\" is missing before {token}"),
            }),
        }
    }

    fn or(&mut self) -> Result<Expr, String> {
        let mut parts = vec![self.and()?];
        while self.word("or") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Or(parts) })
    }

    fn and(&mut self) -> Result<Expr, String> {
        let mut parts = vec![self.not()?];
        while self.word("and") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::And(parts) })
    }

    fn not(&mut self) -> Result<Expr, String> {
        if self.word("not") {
            return Ok(Expr::Not(Box::new(self.not()?)));
        }
        if self.eat(&Token::Sign("(")) {
            let inner = self.or()?;
            self.sign(")")?;
            return Ok(inner);
        }
        if let Some(Token::Word(word)) = self.peek().cloned() {
            self.at += 1;
            return self.function(&word);
        }
        let left = self.term()?;
        let op = match self.next()? {
            Token::Sign(op @ ("==" | "!=" | "<" | "<=" | ">" | ">=")) => op,
            other => return Err(format!("a comparison is missing before {other}")),
        };
        Ok(Expr::Compare(op, left, self.term()?))
    }

    fn function(&mut self, word: &str) -> Result<Expr, String> {
        self.sign("(")?;
        let mut terms = vec![self.term()?];
        while self.eat(&Token::Sign(",")) {
            terms.push(self.term()?);
        }
        self.sign(")")?;
        match (word, terms.as_slice()) {
            ("empty", [Term::Param(name)]) => Ok(Expr::Empty(name.clone())),
            ("ipv4", [Term::Param(name)]) => Ok(Expr::Ipv4(name.clone())),
            ("factory", [Term::Param(name)]) => Ok(Expr::Factory(name.clone())),
            ("distinct", _) => Ok(Expr::Distinct(terms)),
            ("disjoint", [a, b]) => Ok(Expr::Disjoint(a.clone(), b.clone())),
            ("contains", [Term::All(name), Term::Text(value)]) => Ok(Expr::Contains(name.clone(), value.clone())),
            ("all_or_none", [Term::All(name)]) => Ok(Expr::AllOrNone(name.clone())),
            _ => Err(format!(
                "{word}(...) is not one of empty(NAME), ipv4(NAME), factory(NAME), distinct(TERMS), disjoint(TERM, TERM), \
                 contains(NAME[*], \"VALUE\"), all_or_none(NAME[*])"
            )),
        }
    }

    fn term(&mut self) -> Result<Term, String> {
        let mut term = match self.next()? {
            Token::Int(n) => Term::Int(n),
            Token::Sign("-") => match self.next()? {
                Token::Int(n) => Term::Int(-n),
                other => return Err(format!("a number is missing before {other}")),
            },
            Token::Text(text) => Term::Text(text),
            Token::Name(name) if self.eat(&Token::Sign("[*]")) => Term::All(name),
            Token::Name(name) if self.eat(&Token::Sign("[")) => {
                let number = match self.next()? {
                    Token::Int(n) => u16::try_from(n).map_err(|_| format!("{n} is no number of a line or codec"))?,
                    other => return Err(format!("a number is missing before {other}")),
                };
                self.sign("]")?;
                Term::At(name, number)
            }
            Token::Name(name) => Term::Param(name),
            other => return Err(format!("a value is missing before {other}")),
        };
        loop {
            let sign = if self.eat(&Token::Sign("+")) {
                1
            } else if self.eat(&Token::Sign("-")) {
                -1
            } else {
                return Ok(term);
            };
            match self.next()? {
                Token::Int(n) => term = Term::Plus(Box::new(term), sign * n),
                other => return Err(format!("a number is missing before {other}")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence() {
        let expr = parse("not A == \"Y\" or B + 400 <= C and empty(D)").expect("a condition");
        let Expr::Or(parts) = expr else { panic!("{expr:?}") };
        assert!(matches!(parts[0], Expr::Not(_)));
        assert!(matches!(&parts[1], Expr::And(both) if both.len() == 2));
    }

    #[test]
    fn faults_say_what_is_missing() {
        for (text, message) in [
            ("A ==", "ends too early"),
            ("A B", "comparison is missing"),
            ("(A == 1", "\")\" is missing"),
            ("frobnicate(A)", "is not one of"),
            ("A == \"x", "does not close"),
            ("A == 1 ; B", "not understood"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
