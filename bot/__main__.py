"""The console script `juzhuzheng`: serving, asking and looking up; what runs the service is in `bot.operating`."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bot.batch import Asking, Checking, Citing, run
from bot.clock import today_in_shanghai
from bot.command_line import library_of
from bot.data_folder import served_alone
from bot.identity import DamagedKey
from bot.operating import COMMANDS
from bot.settings import PREFIX, Settings, SettingsError
from bot.staff.commands import staff
from bot.store.faults import StoreError
from bot.wechat.commands import wechat
from dialogs.advisor import Advisor
from dialogs.explaining import stages_of
from dialogs.lookup import Clerk
from dialogs.understanding.reading import Reader
from knowledge.act import act_to_json
from knowledge.library import Library
from knowledge.loading import CityError
from knowledge.parsing import parse_act


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """居住证助手：居住证办法的问答，答必有据。"""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # text streams of CPython
    try:
        context.obj = Settings.from_environment(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--host", help="监听地址；默认 127.0.0.1，或 JUZHUZHENG_HOST。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口；默认 8080，或 JUZHUZHENG_PORT。")
@click.option(
    "--workers", type=click.IntRange(1, 64), help="几个进程；默认 1，或 JUZHUZHENG_WORKERS。大于 1 要设 Redis。"
)
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """启动网页和微信回调。"""
    from bot.logs import set_up_logs

    set_up_logs()
    # Reading the library makes many objects that all stay: looking for garbage among them costs a tenth of the start.
    # `bot.serving` turns the collector on again.
    gc.disable()
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        workers=workers or settings.workers,
    )
    library = library_of(settings)
    try:
        settings.check()
        with served_alone(settings.data_dir):
            if settings.workers > 1:
                from bot.workers import share_counts

                share_counts(settings.data_dir / "metrics")
            from bot.serving import serve as serve_until_stopped  # the web server is needed by this command alone

            serve_until_stopped(settings, library)
    except (SettingsError, CityError, OSError, DamagedKey, StoreError) as error:
        raise click.ClickException(_start_failed(settings, error)) from error


def _start_failed(settings: Settings, error: Exception) -> str:
    """Say what keeps the service from starting, and what to do."""
    if isinstance(error, OSError):
        reason = error.strerror or error
        where = f"换一个端口（--port，内部的是 {PREFIX}INTERNAL）"
        return f"启动不了（{reason}）；请{where}，或检查数据文件夹 {settings.data_dir} 能不能写"
    return str(error)


@main.command()
@click.option("--city", help="先选定城市，例如 luoyang。")
@click.pass_obj
def chat(settings: Settings, city: str | None) -> None:
    """在终端里问答。"""
    from bot.opening import make_assistant
    from bot.terminal import chat as chat_until_left

    library = library_of(settings)
    _check_city(library, city)
    prompt = "您：" if sys.stdin.isatty() else ""
    try:
        # Whoever sits at this machine may type as fast as they like, and is no migrant whose questions are kept.
        own = replace(settings, turns_a_minute=1_000_000, keeps_questions=False)
        assistant = make_assistant(own, Advisor(library))
    except (CityError, OSError, StoreError) as error:
        raise click.ClickException(_start_failed(settings, error)) from error
    chat_until_left(assistant, _typed(prompt), city=city)


def _typed(prompt: str) -> Iterator[str]:
    while True:
        if prompt:
            click.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not line:
            return
        yield line.rstrip("\n")


def _check_city(library: Library, city: str | None) -> None:
    if city is not None and city not in library.cities:
        raise click.ClickException(f"没有“{city}”；可用：{'、'.join(library.cities)}")


@main.command()
@click.argument("question", required=False)
@click.option("--city", help="已知的城市，例如 luoyang。")
@click.option("--jsonl", is_flag=True, help="从标准输入逐行读 JSON，逐行答 JSON。")
@click.pass_obj
def ask(settings: Settings, question: str | None, city: str | None, jsonl: bool) -> None:
    """问一句，或批量问（--jsonl）。"""
    library = library_of(settings)
    asking = Asking(Advisor(library), today_in_shanghai())
    if jsonl:
        _run_batch(asking)
        return
    _check_city(library, city)
    if not question:
        raise click.UsageError("请写上问题，例如：juzhuzheng ask 赤峰签注过期了还能补吗；批量用 --jsonl")
    click.echo(asking({"text": question, "city": city})["text"])


@main.command()
@click.argument("message")
@click.option("--city", help="已知的城市，例如 luoyang。")
@click.pass_obj
def explain(settings: Settings, message: str, city: str | None) -> None:
    """一句话是怎么看懂的：一步一步写出来。"""
    library = library_of(settings)
    _check_city(library, city)
    understood = Reader(library).read(message, city, (), today_in_shanghai())
    for stage in stages_of(library, understood):
        lines = ("、".join(stage.found),) if stage.is_list else stage.found
        for number, line in enumerate(lines if stage.found else ("—",)):
            click.echo(f"{stage.name if number == 0 else '　　'}　{line}")


@main.command()
@click.option("--jsonl", is_flag=True, required=True, help="从标准输入逐行读 JSON，逐行答 JSON。")
@click.pass_obj
def check(settings: Settings, jsonl: bool) -> None:
    """逐项对照申领条件（格式见 docs/batch.md）。"""
    del jsonl
    _run_batch(Checking(library_of(settings), today_in_shanghai()))


@main.command()
@click.option("--city", required=True, help="城市，例如 luoyang。")
@click.option("--json", "as_json", is_flag=True, required=True, help="写成 JSON。")
@click.pass_obj
def facts(settings: Settings, city: str, as_json: bool) -> None:
    """列出一个城市的每一项规定和依据。"""
    from bot.facts import facts_of

    del as_json
    library = library_of(settings)
    _check_city(library, city)
    click.echo(json.dumps(facts_of(library.cities[city]), ensure_ascii=False, indent=1))


@main.command()
@click.option("--city", required=True, help="城市，例如 luoyang。")
@click.option("--output", type=click.Path(path_type=Path), help="写到哪个文件；默认 book-<城市>.html。")
@click.option("--before", type=click.Path(path_type=Path), help="上一本，用来列出改动。")
@click.pass_obj
def book(settings: Settings, city: str, output: Path | None, before: Path | None) -> None:
    """把能说的全部内容写成一页，打印出来给法制部门审阅。"""
    from bot.book import NoBook, book_of

    library = library_of(settings)
    _check_city(library, city)
    target = output or Path(f"book-{city}.html")
    try:
        earlier = before.read_text(encoding="utf-8") if before else None
        target.write_text(book_of(library, library.cities[city], today_in_shanghai(), earlier), encoding="utf-8")
    except (NoBook, OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"写不了：{error}") from error
    click.echo(f"已写到 {target}")


@main.command()
@click.argument("query", required=False)
@click.option("--jsonl", is_flag=True, help="从标准输入逐行读 JSON，逐行答 JSON。")
@click.pass_obj
def cite(settings: Settings, query: str | None, jsonl: bool) -> None:
    """查条文：条款号、原文词语或事项，例如 巴中12条3项。"""
    library = library_of(settings)
    citing = Citing(Clerk(library, Advisor(library).reader))
    if jsonl:
        _run_batch(citing)
        return
    if not query:
        raise click.UsageError("请写上要查的，例如：juzhuzheng cite 巴中12条3项；批量用 --jsonl")
    click.echo(json.dumps(citing({"query": query}), ensure_ascii=False, indent=1))


def _run_batch(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    failed = False
    for line, worked in run(sys.stdin, answer):
        click.echo(line)
        failed = failed or not worked
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def parse(file: Path) -> None:
    """把一份法规文本解析成 JSON。"""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"读不了 {file}：{error.strerror}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_chinese(raw, file)
    click.echo(json.dumps(act_to_json(parse_act(text)), ensure_ascii=False))


def _decode_chinese(raw: bytes, file: Path) -> str:
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} 不是文本文件（既不是 UTF-8 也不是 GB18030）；现在只读 txt") from error


@main.command()
@click.pass_obj
def data(settings: Settings) -> None:
    """核对城市数据：原文、引文、条款覆盖。"""
    from knowledge.check import report

    click.echo(report(library_of(settings)))


for _command in (*COMMANDS, staff, wechat):
    main.add_command(_command)

if __name__ == "__main__":
    main()
