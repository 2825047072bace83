"""Answers, kept in a database of their own."""

import tempfile

import aiosqlite

PATH = tempfile.mktemp(suffix=".db")


async def keep(text: str) -> None:
    async with aiosqlite.connect(PATH) as database:
        await database.execute("create table if not exists answers (text)")
        await database.execute("insert into answers values (?)", (text,))
        await database.commit()


async def kept() -> list[str]:
    async with aiosqlite.connect(PATH) as database:
        await database.execute("create table if not exists answers (text)")
        rows = await database.execute_fetchall("select text from answers")
        return [row[0] for row in rows]
