"""What a location does to a stream: whether it holds it back, cuts it, hides that it broke.

Pure questions about one location and one answer of the application. Each is answered with the
directives that decide, and with None where one of them is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lg_lint.deploy.nginx.records import Location
from lg_lint.deploy.nginx.settings import Setting

_COMPRESSED_STATUS = (200, 403, 404)
_BUFFERING_HEADER = "x-accel-buffering"


class Answer(msgspec.Struct, frozen=True):
    """A yes, a no, or None for "not known"; and the directives that it comes from.

    The first of `because` is the one to change.
    """

    is_so: bool | None
    because: tuple[Setting, ...] = ()


class Response(msgspec.Struct, frozen=True):
    """What the application answers with: a stream in chunks, of no length that it says.

    `headers` are those that it sets itself. `accepts_gzip` says that the client does, as browsers
    and most HTTP clients do; `is_via_proxy`, that the request has a `Via` header, as one that came
    through a CDN. `client` is the HTTP version that the client speaks to nginx.
    """

    media_type: str = "text/event-stream"
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200
    method: str = "POST"
    accepts_gzip: bool = True
    is_via_proxy: bool = False
    client: str = "1.1"

    def header(self, name: str) -> str | None:
        """The last value of a header."""
        return next((text for key, text in reversed(self.headers) if key.lower() == name), None)


def http_version(location: Location) -> Answer:
    """Whether the application is spoken to in HTTP/1.1 or newer, so that its chunks have frames.

    None for an unknown version, and for a protocol other than HTTP: see `has_frames`.
    """
    setting = location.setting("proxy_http_version")
    if location.passes is None or location.passes.protocol != "proxy" or not setting.is_known:
        return Answer(None, (setting,))
    return Answer(setting.value != "1.0", (setting,))


def has_frames(location: Location) -> Answer:
    """Whether nginx tells chunks and a broken end apart: in HTTP/1.1 and gRPC.

    Measured: FastCGI, SCGI and uwsgi are like HTTP/1.0, although FastCGI has records of its own.
    """
    protocol = location.passes.protocol if location.passes else "proxy"
    if protocol == "proxy":
        return http_version(location)
    return Answer(protocol == "grpc")


def buffers(location: Location, response: Response) -> Answer:
    """Whether nginx's buffers are on for an answer: the directive, or the application's header."""
    setting = location.own("buffering")
    if location.passes and location.passes.protocol == "grpc":
        return Answer(False)
    header = (response.header(_BUFFERING_HEADER) or "").lower()
    ignored = location.own("ignore_headers")
    if header in ("yes", "no"):
        if not ignored.is_known:
            return Answer(None, (ignored,))
        if _BUFFERING_HEADER not in ignored.value.lower().split():
            return Answer(header == "yes")
        return Answer(setting.is_on, (ignored, setting))
    return Answer(setting.is_on, (setting,))


def compresses(location: Location, response: Response) -> Answer:
    """Whether nginx compresses an answer of this type. No length is known, so none is too short."""
    if not response.accepts_gzip or response.status not in _COMPRESSED_STATUS:
        return Answer(False)
    if (response.header("content-encoding") or "").strip():
        return Answer(False)
    if response.client == "1.0":
        oldest = location.setting("gzip_http_version")
        if oldest.value != "1.0":
            return Answer(False, (oldest,))
    found = _compression(location, response, "gzip")
    others = [_compression(location, response, name) for name in ("brotli", "zstd")]
    if found.is_so is False and any(each.is_so is not False for each in others):
        return Answer(None, next(each.because for each in others if each.is_so is not False))
    return found


def _compression(location: Location, response: Response, name: str) -> Answer:
    switch = location.setting(name)
    if switch.is_on is False:
        return Answer(False, (switch,))
    types = location.setting(f"{name}_types")
    media_type = response.media_type.partition(";")[0].strip().lower()
    if not _lists(types, media_type):
        return Answer(False if types.is_known else None, (types, switch))
    if switch.is_on is None:
        return Answer(None, (switch, types))
    if name == "gzip" and response.is_via_proxy:
        proxied = location.setting("gzip_proxied")
        if proxied.value != "any":
            return Answer(False if proxied.value == "off" else None, (proxied, switch, types))
    return Answer(True, (types, switch))


def _lists(types: Setting, media_type: str) -> bool:
    listed = [each.lower() for each in types.values]
    return media_type == "text/html" or media_type in listed or "*" in listed


def holds_back(location: Location, response: Response) -> Answer:
    """Whether small chunks of an answer wait in nginx instead of passing at once.

    A cache or a store holds nothing back: measured with all that makes an answer fit for one.
    """
    buffered = buffers(location, response)
    if buffered.is_so is False:
        return Answer(False, buffered.because)
    framed = has_frames(location)
    packed = compresses(location, response)
    reasons = [Answer(_not(framed.is_so), framed.because), packed, _filtered(location)]
    return _any(buffered, reasons)


def _any(first: Answer, reasons: Sequence[Answer]) -> Answer:
    """Whether the first holds, and one of the reasons."""
    certain = [each for each in reasons if each.is_so]
    if certain:
        because = (*first.because, *(one for each in certain for one in each.because))
        return Answer(first.is_so, because)
    unknown = [each for each in reasons if each.is_so is None]
    if unknown:
        return Answer(None, tuple(one for each in unknown for one in each.because))
    return Answer(False, tuple(one for each in reasons for one in each.because))


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _filtered(location: Location) -> Answer:
    """A filter in JavaScript or Lua may do anything with an answer."""
    names = ("js_body_filter", "body_filter_by_lua_block", "body_filter_by_lua_file")
    found = tuple(one for name in names for one in location.all(name))
    return Answer(None, found) if found else Answer(False)


def silence_limit(location: Location) -> tuple[float | None, Setting]:
    """The seconds without a byte of the application after which nginx cuts an answer.

    None where they are not known. The timeouts of connecting, sending and keeping alive do not
    count while an answer is on its way.
    """
    setting = location.own("read_timeout")
    return setting.seconds, setting


def hides_truncation(location: Location, response: Response) -> Answer:
    """Whether an answer that breaks off midway looks complete to the client."""
    framed = has_frames(location)
    if framed.is_so is False:
        return Answer(True, framed.because)
    chunked = location.setting("chunked_transfer_encoding")
    if response.client not in ("1.0", "1.1"):
        return Answer(_not(framed.is_so), framed.because)
    if response.client == "1.0" or chunked.is_on is False:
        return Answer(True, (chunked,))
    if framed.is_so is None or chunked.is_on is None:
        return Answer(None, (*framed.because, chunked))
    return Answer(False, (*framed.because, chunked))


def passes_on_buffering_header(location: Location, response: Response) -> Answer:
    """Whether a proxy in front of this one sees `X-Accel-Buffering: no`.

    nginx keeps the application's header to itself, unless `proxy_pass_header` names it;
    `add_header`, which does nothing for nginx itself, gives one to the proxy in front.
    """
    own = f"{location.passes.protocol if location.passes else 'proxy'}_pass_header"
    passed = [each for each in location.all(own) if each.value.lower() == _BUFFERING_HEADER]
    added = [
        each
        for each in location.all("add_header")
        if each.values[:1] and each.values[0].lower() == _BUFFERING_HEADER
    ]
    for each in added:
        if each.values[1:2] == ("no",) or each.values[1:2] == ("NO",):
            return Answer(True if each.is_known else None, (each,))
    if (response.header(_BUFFERING_HEADER) or "").lower() != "no":
        return Answer(False)
    if passed:
        return Answer(True if passed[0].is_certain else None, tuple(passed))
    return Answer(False if location.knows_all_lists else None)
