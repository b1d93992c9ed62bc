//! What scenarios share: `{NAME}` or `{NAME FIRST SECOND THIRD}` in one stands for a piece, in which `$1`, `$2` and `$3` are replaced.

/// The pieces. As in scenarios, lines may be indented.
const PIECES: [(&str, &str); 19] = [
    (
        "reply",
        "[last_Via:]
        [last_From:]
        [last_To:];tag=[call_number]
        [last_Call-ID:]
        [last_CSeq:]
        Contact: <sip:[local_ip]:[local_port]>",
    ),
    (
        "reply-within",
        "[last_Via:]
        [last_From:]
        [last_To:]
        [last_Call-ID:]
        [last_CSeq:]
        Contact: <sip:[local_ip]:[local_port]>",
    ),
    (
        "sdp",
        "v=0
        o=- 4 [call_number]$2 IN IP[local_ip_type] [local_ip]
        s=-
        c=IN IP[media_ip_type] [media_ip]
        t=0 0
        m=audio [media_port] RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=$1
        ",
    ),
    (
        "trying",
        "<send><![CDATA[

        SIP/2.0 100 Trying
        {reply-within}
        Content-Length: 0

        ]]></send>",
    ),
    (
        "ringing",
        "<send><![CDATA[

        SIP/2.0 180 Ringing
        {reply}
        Content-Length: 0

        ]]></send>",
    ),
    (
        "answer",
        "<send retrans=\"500\"><![CDATA[

        SIP/2.0 200 OK
        {reply}
        Content-Type: application/sdp
        Content-Length: [len]

        {sdp sendrecv 1}]]></send>",
    ),
    (
        "answer-within",
        "<send retrans=\"500\"><![CDATA[

        SIP/2.0 200 OK
        {reply-within}
        Content-Type: application/sdp
        Content-Length: [len]

        {sdp $1 $2}]]></send>",
    ),
    (
        "ok",
        "<send><![CDATA[

        SIP/2.0 200 OK
        {reply-within}
        Content-Length: 0

        ]]></send>",
    ),
    // A caller's headers outside of dialogs; To comes last, so that a tag can follow.
    (
        "outside",
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        From: <sip:caller@office.test>;tag=[call_number]
        Call-ID: [call_id]
        CSeq: $1 $2
        Max-Forwards: 70
        Contact: <sip:caller@[local_ip]:[local_port]>
        Supported: 100rel
        To: <sip:{number}@office.test>",
    ),
    (
        "within",
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        From: <sip:caller@office.test>;tag=[call_number]
        To: <sip:{number}@office.test>[peer_tag_param]
        Call-ID: [call_id]
        CSeq: $1 $2
        Max-Forwards: 70
        Contact: <sip:caller@[local_ip]:[local_port]>",
    ),
    (
        "invite",
        "<send retrans=\"500\"><![CDATA[

        INVITE sip:{number}@[remote_ip]:[remote_port] SIP/2.0
        {outside 1 INVITE}
        Content-Type: application/sdp
        Content-Length: [len]

        {sdp sendrecv 1}]]></send>",
    ),
    (
        "ack",
        "<send><![CDATA[

        ACK [next_url] SIP/2.0
        {within 1 ACK}
        Content-Length: 0

        ]]></send>",
    ),
    // For a refusal: a part of the transaction.
    (
        "ack-no",
        "<send><![CDATA[

        ACK sip:{number}@[remote_ip]:[remote_port] SIP/2.0
        [last_Via:]
        [last_From:]
        [last_To:]
        Call-ID: [call_id]
        CSeq: 1 ACK
        Max-Forwards: 70
        Content-Length: 0

        ]]></send>",
    ),
    (
        "request",
        "<send retrans=\"500\"><![CDATA[

        $1 [next_url] SIP/2.0
        {within $2 $1}
        Content-Length: 0

        ]]></send>",
    ),
    // Once a digit has come by INFO: another offer, $1, has this codec alone.
    (
        "take",
        "<recv request=\"INFO\"/>
        {ok}
        <send retrans=\"500\"><![CDATA[

        INVITE [next_url] SIP/2.0
        {within $1 INVITE}
        Content-Type: application/sdp
        Content-Length: [len]

        v=0
        o=- 4 [call_number]$1 IN IP[local_ip_type] [local_ip]
        s=-
        c=IN IP[media_ip_type] [media_ip]
        t=0 0
        m=audio [media_port] RTP/AVP $2
        a=rtpmap:$2 $3/8000
        ]]></send>
        <recv response=\"100\" optional=\"true\"/>
        <recv response=\"200\"/>
        <send><![CDATA[

        ACK [next_url] SIP/2.0
        {within $1 ACK}
        Content-Length: 0

        ]]></send>",
    ),
    // Tells the phone how its transfer goes: the number of the request, and the status that came.
    (
        "progress",
        "<send retrans=\"500\"><![CDATA[

        NOTIFY [next_url] SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        From: <sip:202@office.test>;tag=[call_number]
        To: <sip:phone@office.test>[$tag]
        Call-ID: [call_id]
        CSeq: $1 NOTIFY
        Max-Forwards: 70
        Contact: <sip:[local_ip]:[local_port]>
        Event: refer
        Subscription-State: active;expires=60
        Content-Type: message/sipfrag;version=2.0
        Content-Length: [len]

        SIP/2.0 $2 So
        ]]></send>",
    ),
    // A server that is asked for a package, $1, tells of it in what follows.
    (
        "subscribed",
        "<recv request=\"SUBSCRIBE\" rrs=\"true\"><action>
          <ereg regexp=\"^ *$1\" search_in=\"hdr\" header=\"Event:\" check_it=\"true\" assign_to=\"package\"/>
          <ereg regexp=\";tag=.*\" search_in=\"hdr\" header=\"From:\" check_it=\"true\" assign_to=\"tag\"/>
        </action></recv>
        <Reference variables=\"package\"/>
        <send><![CDATA[

        SIP/2.0 200 OK
        {reply}
        Expires: 3600
        Content-Length: 0

        ]]></send>",
    ),
    (
        "subscribed-within",
        "<send><![CDATA[

        SIP/2.0 200 OK
        {reply-within}
        Expires: 3600
        Content-Length: 0

        ]]></send>",
    ),
    (
        "notify",
        "NOTIFY [next_url] SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        From: <sip:server@office.test>;tag=[call_number]
        To: <sip:phone@office.test>[$tag]
        Call-ID: [call_id]
        CSeq: $2 NOTIFY
        Max-Forwards: 70
        Contact: <sip:server@[local_ip]:[local_port]>
        Event: $1
        Subscription-State: active;expires=3600",
    ),
];

/// Puts in pieces, and pieces of pieces, until there are none. What stands in braces otherwise stays.
pub(crate) fn expand(mut text: String) -> String {
    let mut from = 0;
    while let Some(start) = text[from..].find('{').map(|at| at + from) {
        let Some(end) = text[start..].find('}').map(|at| at + start) else { break };
        let mut words = text[start + 1..end].split(' ');
        let name = words.next().unwrap_or_default();
        match PIECES.iter().find(|(piece, _)| *piece == name) {
            Some((_, piece)) => {
                let first = words.next().unwrap_or_default();
                let second = words.next().unwrap_or_default();
                let third = words.next().unwrap_or_default();
                let piece = piece.replace("$1", first).replace("$2", second).replace("$3", third);
                text.replace_range(start..=end, &piece);
                from = start;
            }
            None => from = end,
        }
    }
    text
}
