"""Calls of clients that usually wait, as the documentation of their packages shows them.

A library has what its examples write first, then calls that wait, each of which is put into an async
route of its own; below `--- async` the same for its async twins, where it has any, of which none may
be reported. A line is a route. Written from the packages' documentation, without a look at the tables.
"""

from __future__ import annotations

LIBRARIES = {
    # --- models and agents
    "openai": """
from openai import OpenAI
client = OpenAI()
---
client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": q}])
client.responses.create(model="gpt-4o", input=q)
client.embeddings.create(model="text-embedding-3-small", input=q)
client.images.generate(model="dall-e-3", prompt=q)
client.audio.transcriptions.create(model="whisper-1", file=q)
client.audio.speech.create(model="tts-1", voice="alloy", input=q)
client.moderations.create(input=q)
client.files.create(file=q, purpose="assistants")
client.beta.chat.completions.parse(model="gpt-4o", messages=[], response_format=dict)
client.beta.threads.runs.create_and_poll(thread_id=q, assistant_id=q)
client.beta.threads.messages.list(thread_id=q)
client.fine_tuning.jobs.create(training_file=q, model="gpt-4o")
client.vector_stores.create(name=q)
client.batches.retrieve(q)
client.models.list()
for event in client.chat.completions.create(model="gpt-4o", messages=[], stream=True): print(event)
--- async
from openai import AsyncOpenAI
client = AsyncOpenAI()
---
await client.chat.completions.create(model="gpt-4o", messages=[])
await client.responses.create(model="gpt-4o", input=q)
await client.embeddings.create(model="text-embedding-3-small", input=q)
await client.files.create(file=q, purpose="assistants")
await client.beta.threads.runs.create_and_poll(thread_id=q, assistant_id=q)
async for event in await client.chat.completions.create(model="gpt-4o", messages=[], stream=True): print(event)
""",
    "openai azure": """
from openai import AzureOpenAI
client = AzureOpenAI(api_version="2024-06-01", azure_endpoint="https://example.openai.azure.com")
---
client.chat.completions.create(model="deployment", messages=[])
client.embeddings.create(model="deployment", input=q)
--- async
from openai import AsyncAzureOpenAI
client = AsyncAzureOpenAI(api_version="2024-06-01")
---
await client.chat.completions.create(model="deployment", messages=[])
""",
    "anthropic": """
import anthropic
client = anthropic.Anthropic()
---
client.messages.create(model="claude-sonnet-4-5", max_tokens=1024, messages=[])
client.messages.count_tokens(model="claude-sonnet-4-5", messages=[])
client.messages.batches.create(requests=[])
with client.messages.stream(model="claude-sonnet-4-5", max_tokens=1024, messages=[]) as stream: print(stream)
client.beta.messages.create(model="claude-sonnet-4-5", max_tokens=1024, messages=[])
client.models.list()
--- async
from anthropic import AsyncAnthropic
client = AsyncAnthropic()
---
await client.messages.create(model="claude-sonnet-4-5", max_tokens=1024, messages=[])
async with client.messages.stream(model="claude-sonnet-4-5", max_tokens=1024, messages=[]) as stream: print(stream)
await client.messages.count_tokens(model="claude-sonnet-4-5", messages=[])
""",
    "anthropic bedrock": """
from anthropic import AnthropicBedrock
client = AnthropicBedrock()
---
client.messages.create(model="anthropic.claude", max_tokens=256, messages=[])
--- async
from anthropic import AsyncAnthropicBedrock
client = AsyncAnthropicBedrock()
---
await client.messages.create(model="anthropic.claude", max_tokens=256, messages=[])
""",
    "google-genai": """
from google import genai
client = genai.Client(api_key="k")
chat = client.chats.create(model="gemini-2.5-flash")
---
client.models.generate_content(model="gemini-2.5-flash", contents=q)
for chunk in client.models.generate_content_stream(model="gemini-2.5-flash", contents=q): print(chunk.text)
client.models.embed_content(model="gemini-embedding-001", contents=q)
client.models.count_tokens(model="gemini-2.5-flash", contents=q)
client.files.upload(file=q)
client.caches.create(model="gemini-2.5-flash", config={})
chat.send_message(q)
--- async
from google import genai
client = genai.Client(api_key="k")
---
await client.aio.models.generate_content(model="gemini-2.5-flash", contents=q)
await client.aio.files.upload(file=q)
async for chunk in await client.aio.models.generate_content_stream(model="gemini-2.5-flash", contents=q): print(chunk.text)
""",
    "google-generativeai": """
import google.generativeai as genai
model = genai.GenerativeModel("gemini-1.5-flash")
chat = model.start_chat(history=[])
---
model.generate_content(q)
chat.send_message(q)
genai.embed_content(model="models/text-embedding-004", content=q)
genai.upload_file(path=q)
--- async
import google.generativeai as genai
model = genai.GenerativeModel("gemini-1.5-flash")
chat = model.start_chat(history=[])
---
await model.generate_content_async(q)
await chat.send_message_async(q)
""",
    "vertexai": """
from vertexai.generative_models import GenerativeModel
model = GenerativeModel("gemini-1.5-pro")
---
model.generate_content(q)
model.count_tokens(q)
--- async
from vertexai.generative_models import GenerativeModel
model = GenerativeModel("gemini-1.5-pro")
---
await model.generate_content_async(q)
""",
    "mistralai": """
from mistralai import Mistral
client = Mistral(api_key="k")
---
client.chat.complete(model="mistral-large-latest", messages=[])
client.embeddings.create(model="mistral-embed", inputs=[q])
client.fim.complete(model="codestral-latest", prompt=q)
client.ocr.process(model="mistral-ocr-latest", document={})
--- async
from mistralai import Mistral
client = Mistral(api_key="k")
---
await client.chat.complete_async(model="mistral-large-latest", messages=[])
await client.embeddings.create_async(model="mistral-embed", inputs=[q])
""",
    "cohere": """
import cohere
co = cohere.ClientV2()
---
co.chat(model="command-r-plus", messages=[])
co.embed(model="embed-english-v3.0", texts=[q], input_type="search_query")
co.rerank(model="rerank-v3.5", query=q, documents=[])
--- async
import cohere
co = cohere.AsyncClientV2()
---
await co.chat(model="command-r-plus", messages=[])
await co.rerank(model="rerank-v3.5", query=q, documents=[])
""",
    "groq": """
from groq import Groq
client = Groq()
---
client.chat.completions.create(model="llama-3.3-70b-versatile", messages=[])
client.audio.transcriptions.create(file=q, model="whisper-large-v3")
--- async
from groq import AsyncGroq
client = AsyncGroq()
---
await client.chat.completions.create(model="llama-3.3-70b-versatile", messages=[])
""",
    "together": """
from together import Together
client = Together()
---
client.chat.completions.create(model="meta-llama/Llama-3", messages=[])
client.embeddings.create(model="m2-bert", input=q)
client.images.generate(prompt=q, model="flux")
--- async
from together import AsyncTogether
client = AsyncTogether()
---
await client.chat.completions.create(model="meta-llama/Llama-3", messages=[])
""",
    "ollama": """
import ollama
from ollama import Client
client = Client(host="http://localhost:11434")
---
ollama.chat(model="llama3", messages=[])
ollama.generate(model="llama3", prompt=q)
ollama.embed(model="nomic-embed-text", input=q)
client.chat(model="llama3", messages=[])
client.list()
--- async
from ollama import AsyncClient
client = AsyncClient()
---
await client.chat(model="llama3", messages=[])
await client.generate(model="llama3", prompt=q)
""",
    "litellm": """
import litellm
from litellm import Router, completion, embedding
router = Router(model_list=[])
---
completion(model="gpt-4o", messages=[])
embedding(model="text-embedding-3-small", input=[q])
litellm.completion(model="gpt-4o", messages=[], stream=True)
litellm.image_generation(prompt=q, model="dall-e-3")
litellm.transcription(model="whisper-1", file=q)
litellm.rerank(model="cohere/rerank-english-v3.0", query=q, documents=[])
router.completion(model="gpt-4o", messages=[])
--- async
import litellm
from litellm import Router, acompletion
router = Router(model_list=[])
---
await acompletion(model="gpt-4o", messages=[])
await litellm.aembedding(model="text-embedding-3-small", input=[q])
await router.acompletion(model="gpt-4o", messages=[])
""",
    "replicate": """
import replicate
---
replicate.run("stability-ai/sdxl", input={"prompt": q})
replicate.predictions.create(version=q, input={})
for event in replicate.stream("meta/llama-3", input={"prompt": q}): print(event)
--- async
import replicate
---
await replicate.async_run("stability-ai/sdxl", input={"prompt": q})
""",
    "huggingface_hub": """
from huggingface_hub import HfApi, InferenceClient, hf_hub_download, snapshot_download
client = InferenceClient()
api = HfApi()
---
client.chat_completion(messages=[])
client.text_generation(q)
client.feature_extraction(q)
client.chat.completions.create(model="m", messages=[])
hf_hub_download(repo_id=q, filename="config.json")
snapshot_download(repo_id=q)
api.upload_file(path_or_fileobj=q, path_in_repo=q, repo_id=q)
api.list_models(search=q); list(api.list_models(search=q))
api.model_info(q)
--- async
from huggingface_hub import AsyncInferenceClient
client = AsyncInferenceClient()
---
await client.chat_completion(messages=[])
await client.text_generation(q)
""",
    "cerebras": """
from cerebras.cloud.sdk import Cerebras
client = Cerebras()
---
client.chat.completions.create(model="llama3.1-8b", messages=[])
""",
    "voyageai": """
import voyageai
vo = voyageai.Client()
---
vo.embed([q], model="voyage-3", input_type="document")
vo.rerank(q, [], model="rerank-2")
--- async
import voyageai
vo = voyageai.AsyncClient()
---
await vo.embed([q], model="voyage-3")
""",
    "fireworks": """
from fireworks.client import Fireworks
client = Fireworks(api_key="k")
---
client.chat.completions.create(model="accounts/fireworks/models/llama-v3", messages=[])
""",
    "ai21": """
from ai21 import AI21Client
client = AI21Client(api_key="k")
---
client.chat.completions.create(model="jamba-large", messages=[])
--- async
from ai21 import AsyncAI21Client
client = AsyncAI21Client(api_key="k")
---
await client.chat.completions.create(model="jamba-large", messages=[])
""",
    "instructor": """
import instructor
from openai import OpenAI
client = instructor.from_openai(OpenAI())
---
client.chat.completions.create(model="gpt-4o", response_model=dict, messages=[])
client.create(model="gpt-4o", response_model=dict, messages=[])
--- async
import instructor
from openai import AsyncOpenAI
client = instructor.from_openai(AsyncOpenAI())
---
await client.chat.completions.create(model="gpt-4o", response_model=dict, messages=[])
""",
    "langsmith wrapper": """
from langsmith.wrappers import wrap_openai
from openai import OpenAI
client = wrap_openai(OpenAI())
---
client.chat.completions.create(model="gpt-4o", messages=[])
--- async
from langsmith.wrappers import wrap_openai
from openai import AsyncOpenAI
client = wrap_openai(AsyncOpenAI())
---
await client.chat.completions.create(model="gpt-4o", messages=[])
""",
    "langfuse openai": """
from langfuse.openai import OpenAI, openai
client = OpenAI()
---
client.chat.completions.create(model="gpt-4o", messages=[])
openai.chat.completions.create(model="gpt-4o", messages=[])
--- async
from langfuse.openai import AsyncOpenAI
client = AsyncOpenAI()
---
await client.chat.completions.create(model="gpt-4o", messages=[])
""",
    "openai-agents": """
from agents import Agent, Runner
agent = Agent(name="Assistant", instructions="You help")
---
Runner.run_sync(agent, q)
--- async
from agents import Agent, Runner
agent = Agent(name="Assistant", instructions="You help")
---
await Runner.run(agent, q)
""",
    "pydantic-ai": """
from pydantic_ai import Agent
agent = Agent("openai:gpt-4o")
---
agent.run_sync(q)
--- async
from pydantic_ai import Agent
agent = Agent("openai:gpt-4o")
---
await agent.run(q)
""",
    "crewai": """
from crewai import Crew
crew = Crew(agents=[], tasks=[])
---
crew.kickoff(inputs={"q": q})
--- async
from crewai import Crew
crew = Crew(agents=[], tasks=[])
---
await crew.kickoff_async(inputs={"q": q})
""",
    "llama-index": """
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
documents = SimpleDirectoryReader("data").load_data()
index = VectorStoreIndex.from_documents(documents)
query_engine = index.as_query_engine()
retriever = index.as_retriever()
chat_engine = index.as_chat_engine()
---
query_engine.query(q)
retriever.retrieve(q)
chat_engine.chat(q)
VectorStoreIndex.from_documents(documents)
--- async
from llama_index.core import VectorStoreIndex
index = VectorStoreIndex.from_documents([])
query_engine = index.as_query_engine()
retriever = index.as_retriever()
---
await query_engine.aquery(q)
await retriever.aretrieve(q)
""",
    "llama-index openai": """
from llama_index.llms.openai import OpenAI
llm = OpenAI(model="gpt-4o")
---
llm.complete(q)
llm.chat([])
--- async
from llama_index.llms.openai import OpenAI
llm = OpenAI(model="gpt-4o")
---
await llm.acomplete(q)
""",
    "dspy": """
import dspy
dspy.configure(lm=dspy.LM("openai/gpt-4o-mini"))
answer = dspy.ChainOfThought("question -> answer")
predict = dspy.Predict("question -> answer")
---
answer(question=q)
predict(question=q)
--- async
import dspy
predict = dspy.Predict("question -> answer")
---
await predict.acall(question=q)
""",
    "smolagents": """
from smolagents import CodeAgent, InferenceClientModel
agent = CodeAgent(tools=[], model=InferenceClientModel())
---
agent.run(q)
""",
    "haystack": """
from haystack import Pipeline
pipeline = Pipeline()
---
pipeline.run({"retriever": {"query": q}})
""",
    "dashscope": """
import dashscope
from dashscope import Generation, TextEmbedding
---
dashscope.Generation.call(model="qwen-plus", messages=[])
Generation.call(model="qwen-plus", messages=[])
TextEmbedding.call(model="text-embedding-v3", input=q)
--- async
from dashscope.aigc.generation import AioGeneration
---
await AioGeneration.call(model="qwen-plus", messages=[])
""",
    "zhipuai": """
from zhipuai import ZhipuAI
client = ZhipuAI(api_key="k")
---
client.chat.completions.create(model="glm-4", messages=[])
client.embeddings.create(model="embedding-3", input=q)
""",
    "transformers": """
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline
model = AutoModelForCausalLM.from_pretrained("gpt2")
generator = pipeline("text-generation", model="gpt2")
---
model.generate(input_ids=q)
generator(q)
AutoTokenizer.from_pretrained(q)
""",
    "sentence-transformers": """
from sentence_transformers import CrossEncoder, SentenceTransformer
model = SentenceTransformer("all-MiniLM-L6-v2")
reranker = CrossEncoder("cross-encoder/ms-marco-MiniLM-L-6-v2")
---
model.encode([q])
reranker.predict([(q, q)])
SentenceTransformer(q)
""",
    "elevenlabs": """
from elevenlabs.client import ElevenLabs
client = ElevenLabs(api_key="k")
---
client.voices.get_all()
client.speech_to_text.convert(file=q, model_id="scribe_v1")
--- async
from elevenlabs.client import AsyncElevenLabs
client = AsyncElevenLabs(api_key="k")
---
await client.voices.get_all()
""",
    "assemblyai": """
import assemblyai as aai
transcriber = aai.Transcriber()
---
transcriber.transcribe(q)
""",
    # --- clouds
    "boto3": """
import boto3
s3 = boto3.client("s3")
bedrock = boto3.client("bedrock-runtime")
sqs = boto3.client("sqs")
secrets = boto3.client("secretsmanager")
lambda_client = boto3.client("lambda")
session = boto3.Session()
dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table("items")
bucket = boto3.resource("s3").Bucket("b")
paginator = s3.get_paginator("list_objects_v2")
---
s3.get_object(Bucket="b", Key=q)
s3.put_object(Bucket="b", Key=q, Body=b"")
s3.upload_fileobj(q, "b", "k")
s3.download_file("b", "k", q)
s3.list_objects_v2(Bucket="b")
s3.head_object(Bucket="b", Key=q)
bedrock.invoke_model(modelId="anthropic.claude", body=q)
bedrock.converse(modelId="anthropic.claude", messages=[])
sqs.send_message(QueueUrl=q, MessageBody=q)
sqs.receive_message(QueueUrl=q, WaitTimeSeconds=20)
secrets.get_secret_value(SecretId=q)
lambda_client.invoke(FunctionName=q)
session.client("sns").publish(TopicArn=q, Message=q)
table.put_item(Item={})
table.get_item(Key={"id": q})
table.query(KeyConditionExpression=q)
bucket.upload_file(q, "k")
bucket.Object("k").get()
for page in paginator.paginate(Bucket="b"): print(page)
s3.get_waiter("object_exists").wait(Bucket="b", Key=q)
--- async
import aioboto3
session = aioboto3.Session()
---
async with session.client("s3") as s3: await s3.get_object(Bucket="b", Key=q)
async with session.resource("dynamodb") as dynamodb: await (await dynamodb.Table("items")).get_item(Key={"id": q})
""",
    "google-cloud-storage": """
from google.cloud import storage
client = storage.Client()
bucket = client.bucket("b")
blob = bucket.blob("name")
---
blob.download_as_bytes()
blob.download_as_text()
blob.upload_from_string(q)
blob.upload_from_filename(q)
blob.download_to_filename(q)
blob.exists()
blob.delete()
client.get_bucket("b")
for each in client.list_blobs("b"): print(each)
bucket.get_blob(q)
""",
    "google-cloud-bigquery": """
from google.cloud import bigquery
client = bigquery.Client()
job = client.query("select 1")
---
client.query(q)
client.query_and_wait(q)
client.insert_rows_json("t", [])
client.get_table(q)
job.result()
""",
    "google-cloud-firestore": """
from google.cloud import firestore
db = firestore.Client()
doc_ref = db.collection("users").document("a")
---
doc_ref.get()
doc_ref.set({"q": q})
doc_ref.update({"q": q})
doc_ref.delete()
db.collection("users").add({"q": q})
for doc in db.collection("users").where("a", "==", q).stream(): print(doc)
db.collection("users").limit(3).get()
--- async
from google.cloud import firestore
db = firestore.AsyncClient()
---
await db.collection("users").document(q).get()
await db.collection("users").document(q).set({})
async for doc in db.collection("users").stream(): print(doc)
""",
    "google-cloud-pubsub": """
from google.cloud import pubsub_v1
publisher = pubsub_v1.PublisherClient()
subscriber = pubsub_v1.SubscriberClient()
future = publisher.publish("projects/p/topics/t", b"data")
---
subscriber.pull(request={"subscription": q, "max_messages": 1})
future.result()
publisher.create_topic(request={"name": q})
""",
    "google-cloud-secret-manager": """
from google.cloud import secretmanager
client = secretmanager.SecretManagerServiceClient()
---
client.access_secret_version(request={"name": q})
--- async
from google.cloud import secretmanager
client = secretmanager.SecretManagerServiceAsyncClient()
---
await client.access_secret_version(request={"name": q})
""",
    "google-cloud-speech": """
from google.cloud import speech, texttospeech, translate_v2, vision
speech_client = speech.SpeechClient()
tts = texttospeech.TextToSpeechClient()
translator = translate_v2.Client()
images = vision.ImageAnnotatorClient()
---
speech_client.recognize(config={}, audio={})
tts.synthesize_speech(input={}, voice={}, audio_config={})
translator.translate(q, target_language="en")
images.text_detection(image={})
""",
    "google-api-python-client": """
from googleapiclient.discovery import build
service = build("calendar", "v3")
gmail = build("gmail", "v1")
---
service.events().list(calendarId="primary").execute()
gmail.users().messages().send(userId="me", body={}).execute()
""",
    "azure-storage-blob": """
from azure.storage.blob import BlobServiceClient
service = BlobServiceClient.from_connection_string("c")
container = service.get_container_client("c")
blob = service.get_blob_client(container="c", blob="b")
---
blob.upload_blob(q, overwrite=True)
blob.download_blob().readall()
blob.delete_blob()
container.upload_blob(name="b", data=q)
for each in container.list_blobs(): print(each)
service.create_container(q)
--- async
from azure.storage.blob.aio import BlobServiceClient
service = BlobServiceClient.from_connection_string("c")
blob = service.get_blob_client(container="c", blob="b")
---
await blob.upload_blob(q, overwrite=True)
await (await blob.download_blob()).readall()
""",
    "azure-identity": """
from azure.identity import DefaultAzureCredential
credential = DefaultAzureCredential()
---
credential.get_token("https://cognitiveservices.azure.com/.default")
--- async
from azure.identity.aio import DefaultAzureCredential
credential = DefaultAzureCredential()
---
await credential.get_token("https://cognitiveservices.azure.com/.default")
""",
    "azure-cosmos": """
from azure.cosmos import CosmosClient
client = CosmosClient("https://a.documents.azure.com", credential="k")
database = client.get_database_client("d")
container = database.get_container_client("c")
---
container.upsert_item({"id": q})
container.read_item(item=q, partition_key=q)
container.create_item({"id": q})
for item in container.query_items(query=q, enable_cross_partition_query=True): print(item)
--- async
from azure.cosmos.aio import CosmosClient
client = CosmosClient("https://a.documents.azure.com", credential="k")
container = client.get_database_client("d").get_container_client("c")
---
await container.upsert_item({"id": q})
await container.read_item(item=q, partition_key=q)
""",
    "azure-keyvault-secrets": """
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient
client = SecretClient(vault_url="https://v.vault.azure.net", credential=DefaultAzureCredential())
---
client.get_secret(q)
client.set_secret("n", q)
--- async
from azure.keyvault.secrets.aio import SecretClient
client = SecretClient(vault_url="https://v.vault.azure.net", credential=None)
---
await client.get_secret(q)
""",
    "azure-search-documents": """
from azure.search.documents import SearchClient
from azure.search.documents.indexes import SearchIndexClient
client = SearchClient(endpoint="e", index_name="i", credential=None)
indexes = SearchIndexClient(endpoint="e", credential=None)
---
for result in client.search(search_text=q): print(result)
client.upload_documents(documents=[])
client.get_document(key=q)
indexes.create_or_update_index(q)
--- async
from azure.search.documents.aio import SearchClient
client = SearchClient(endpoint="e", index_name="i", credential=None)
---
await client.search(search_text=q)
await client.upload_documents(documents=[])
""",
    "azure-servicebus": """
from azure.servicebus import ServiceBusClient, ServiceBusMessage
client = ServiceBusClient.from_connection_string("c")
sender = client.get_queue_sender(queue_name="q")
receiver = client.get_queue_receiver(queue_name="q")
---
sender.send_messages(ServiceBusMessage(q))
receiver.receive_messages(max_wait_time=5)
--- async
from azure.servicebus.aio import ServiceBusClient
client = ServiceBusClient.from_connection_string("c")
sender = client.get_queue_sender(queue_name="q")
---
await sender.send_messages(q)
""",
    "azure-ai-inference": """
from azure.ai.inference import ChatCompletionsClient
from azure.ai.documentintelligence import DocumentIntelligenceClient
client = ChatCompletionsClient(endpoint="e", credential=None)
documents = DocumentIntelligenceClient(endpoint="e", credential=None)
---
client.complete(messages=[])
documents.begin_analyze_document("prebuilt-layout", q).result()
--- async
from azure.ai.inference.aio import ChatCompletionsClient
client = ChatCompletionsClient(endpoint="e", credential=None)
---
await client.complete(messages=[])
""",
    "azure-ai-projects": """
from azure.ai.projects import AIProjectClient
project = AIProjectClient(endpoint="e", credential=None)
---
project.agents.list()
""",
    "minio": """
from minio import Minio
client = Minio("play.min.io")
---
client.put_object("b", "o", q, 3)
client.get_object("b", q)
client.fput_object("b", "o", q)
client.presigned_get_object("b", q)
client.bucket_exists("b")
client.stat_object("b", q)
""",
    "oss2": """
import oss2
bucket = oss2.Bucket(oss2.Auth("a", "b"), "e", "n")
---
bucket.put_object("k", q)
bucket.get_object(q)
""",
    # --- databases
    "sqlite3": """
import sqlite3
conn = sqlite3.connect("app.db")
cur = conn.cursor()
---
sqlite3.connect("app.db")
conn.execute("select 1")
cur.execute("select ?", (q,))
cur.executemany("insert", [])
conn.commit()
--- async
import aiosqlite
---
async with aiosqlite.connect("app.db") as db: await db.execute("select 1")
""",
    "psycopg": """
import psycopg
conn = psycopg.connect("dbname=a")
cur = conn.cursor()
---
psycopg.connect("dbname=a")
conn.execute("select 1")
cur.execute("select %s", (q,))
cur.fetchall()
conn.commit()
with conn.cursor() as cursor: cursor.execute(q)
--- async
import psycopg
---
async with await psycopg.AsyncConnection.connect("dbname=a") as conn: await conn.execute("select 1")
""",
    "psycopg-pool": """
from psycopg_pool import ConnectionPool
pool = ConnectionPool("dbname=a")
---
with pool.connection() as conn: print(conn)
pool.getconn()
pool.wait()
--- async
from psycopg_pool import AsyncConnectionPool
pool = AsyncConnectionPool("dbname=a")
---
async with pool.connection() as conn: await conn.execute(q)
""",
    "psycopg2": """
import psycopg2
from psycopg2.pool import SimpleConnectionPool
conn = psycopg2.connect("dbname=a")
cur = conn.cursor()
pool = SimpleConnectionPool(1, 4, "dbname=a")
---
psycopg2.connect("dbname=a")
cur.execute("select %s", (q,))
conn.commit()
pool.getconn()
--- async
import asyncpg
---
await (await asyncpg.connect("postgresql://a")).fetch(q)
""",
    "sqlalchemy": """
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
engine = create_engine("postgresql://a")
SessionLocal = sessionmaker(bind=engine)
session = SessionLocal()
class Base(DeclarativeBase): pass
class User(Base): pass
---
with engine.connect() as conn: conn.execute(text("select 1"))
with engine.begin() as conn: conn.execute(text(q))
session.execute(select(User))
session.scalars(select(User)).all()
session.query(User).filter_by(name=q).first()
session.query(User).all()
session.query(User).count()
session.commit()
session.get(User, q)
session.refresh(q)
session.flush()
Base.metadata.create_all(engine)
with Session(engine) as db: db.execute(text(q))
--- async
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
engine = create_async_engine("postgresql+asyncpg://a")
Maker = async_sessionmaker(engine)
---
async with engine.connect() as conn: await conn.execute(text("select 1"))
async with AsyncSession(engine) as session: await session.execute(text(q))
async with Maker() as session: await session.commit()
async with Maker() as session: (await session.scalars(select(q))).all()
""",
    "sqlmodel": """
from sqlmodel import Session, SQLModel, create_engine, select
engine = create_engine("postgresql://a")
class Hero(SQLModel, table=True): pass
---
with Session(engine) as session: session.exec(select(Hero)).all()
with Session(engine) as session: session.get(Hero, q)
SQLModel.metadata.create_all(engine)
--- async
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlalchemy.ext.asyncio import create_async_engine
engine = create_async_engine("postgresql+asyncpg://a")
---
async with AsyncSession(engine) as session: (await session.exec(select(q))).all()
""",
    "pymongo": """
from pymongo import MongoClient
client = MongoClient("mongodb://localhost")
db = client["app"]
users = db["users"]
---
users.find_one({"q": q})
users.insert_one({"q": q})
users.update_one({"q": q}, {"$set": {}})
users.delete_many({"q": q})
users.count_documents({})
for doc in users.find({"q": q}): print(doc)
list(users.aggregate([]))
users.find().to_list()
users.create_index("q")
users.bulk_write([])
db.command("ping")
db.list_collection_names()
client.admin.command("ping")
--- async
from pymongo import AsyncMongoClient
client = AsyncMongoClient("mongodb://localhost")
users = client["app"]["users"]
---
await users.find_one({"q": q})
await users.insert_one({"q": q})
async for doc in users.find({"q": q}): print(doc)
""",
    "motor": """
from pymongo import MongoClient
users = MongoClient().app.users
---
users.find_one({"q": q})
--- async
from motor.motor_asyncio import AsyncIOMotorClient
client = AsyncIOMotorClient("mongodb://localhost")
users = client.app.users
---
await users.find_one({"q": q})
await users.find({"q": q}).to_list(length=10)
""",
    "mongoengine": """
from mongoengine import Document, StringField, connect
connect("app")
class User(Document):
    name = StringField()
---
User.objects(name=q).first()
User(name=q).save()
""",
    "redis": """
import redis
from redis import Redis
r = redis.Redis(host="localhost")
other = Redis.from_url("redis://localhost")
pipe = r.pipeline()
pubsub = r.pubsub()
---
r.get(q)
r.set("k", q, ex=10)
r.hset("h", mapping={"q": q})
r.lpush("l", q)
r.blpop("l")
r.publish("c", q)
r.xadd("s", {"q": q})
r.ping()
r.delete(q)
r.incr(q)
other.hgetall(q)
pipe.execute()
for message in pubsub.listen(): print(message)
pubsub.get_message(timeout=5)
with r.lock("name"): print(q)
for key in r.scan_iter("a*"): print(key)
r.json().get(q)
--- async
import redis.asyncio as redis
r = redis.from_url("redis://localhost")
pubsub = r.pubsub()
---
await r.get(q)
await r.set("k", q)
async for message in pubsub.listen(): print(message)
async with r.pipeline() as pipe: await pipe.execute()
""",
    "pymysql": """
import pymysql
conn = pymysql.connect(host="h", user="u")
cursor = conn.cursor()
---
pymysql.connect(host="h", user="u")
cursor.execute("select %s", (q,))
conn.commit()
with conn.cursor() as cur: cur.execute(q)
--- async
import aiomysql
---
conn = await aiomysql.connect(host="h"); cur = await conn.cursor(); await cur.execute(q)
""",
    "mysql-connector": """
import mysql.connector
cnx = mysql.connector.connect(user="u", database="d")
cursor = cnx.cursor()
---
mysql.connector.connect(user="u", database="d")
cursor.execute(q)
cursor.fetchall()
cnx.commit()
""",
    "pyodbc": """
import pyodbc
cnxn = pyodbc.connect("DSN=a")
cursor = cnxn.cursor()
---
pyodbc.connect("DSN=a")
cursor.execute("select ?", q)
cursor.fetchone()
cnxn.commit()
""",
    "oracledb": """
import oracledb
connection = oracledb.connect(user="u", password="p", dsn="d")
cursor = connection.cursor()
---
oracledb.connect(user="u", password="p", dsn="d")
cursor.execute(q)
connection.commit()
--- async
import oracledb
---
async with oracledb.connect_async(user="u", password="p", dsn="d") as connection: await connection.execute(q)
""",
    "neo4j": """
from neo4j import GraphDatabase
driver = GraphDatabase.driver("neo4j://localhost", auth=("u", "p"))
---
driver.execute_query("MATCH (n) RETURN n")
with driver.session() as session: session.run(q)
with driver.session() as session: session.execute_read(lambda tx: tx.run(q))
driver.verify_connectivity()
--- async
from neo4j import AsyncGraphDatabase
driver = AsyncGraphDatabase.driver("neo4j://localhost", auth=("u", "p"))
---
await driver.execute_query("MATCH (n) RETURN n")
async with driver.session() as session: await session.run(q)
""",
    "clickhouse-connect": """
import clickhouse_connect
client = clickhouse_connect.get_client(host="localhost")
---
client.query(q)
client.command(q)
client.insert("t", [])
client.query_df(q)
""",
    "clickhouse-driver": """
from clickhouse_driver import Client
client = Client("localhost")
---
client.execute(q)
""",
    "duckdb": """
import duckdb
con = duckdb.connect("file.db")
---
con.execute(q)
con.sql(q).fetchall()
duckdb.sql(q)
""",
    "snowflake": """
import snowflake.connector
conn = snowflake.connector.connect(user="u", account="a")
cs = conn.cursor()
---
snowflake.connector.connect(user="u", account="a")
cs.execute(q)
cs.fetchall()
""",
    "elasticsearch": """
from elasticsearch import Elasticsearch, helpers
es = Elasticsearch("http://localhost:9200")
---
es.search(index="i", query={})
es.index(index="i", document={})
es.get(index="i", id=q)
es.indices.create(index=q)
es.delete(index="i", id=q)
helpers.bulk(es, [])
--- async
from elasticsearch import AsyncElasticsearch
es = AsyncElasticsearch("http://localhost:9200")
---
await es.search(index="i", query={})
await es.indices.create(index=q)
""",
    "opensearch": """
from opensearchpy import OpenSearch
client = OpenSearch(hosts=[])
---
client.search(index="i", body={})
client.index(index="i", body={})
client.indices.create(index=q)
--- async
from opensearchpy import AsyncOpenSearch
client = AsyncOpenSearch(hosts=[])
---
await client.search(index="i", body={})
""",
    "supabase": """
from supabase import create_client
supabase = create_client("https://a.supabase.co", "k")
---
supabase.table("users").select("*").execute()
supabase.table("users").insert({"q": q}).execute()
supabase.table("users").update({"q": q}).eq("id", 1).execute()
supabase.rpc("f", {"q": q}).execute()
supabase.auth.sign_in_with_password({"email": q, "password": q})
supabase.auth.get_user(q)
supabase.storage.from_("b").upload("p", q)
supabase.storage.from_("b").download(q)
supabase.functions.invoke("f")
--- async
from supabase import acreate_client
---
supabase = await acreate_client("https://a.supabase.co", "k"); await supabase.table("users").select("*").execute()
""",
    "influxdb": """
from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
client = InfluxDBClient(url="http://localhost:8086", token="t", org="o")
write_api = client.write_api(write_options=SYNCHRONOUS)
query_api = client.query_api()
---
write_api.write(bucket="b", record=q)
query_api.query(q)
--- async
from influxdb_client.client.influxdb_client_async import InfluxDBClientAsync
---
async with InfluxDBClientAsync(url="http://localhost:8086", token="t") as client: await client.query_api().query(q)
""",
    "peewee": """
from peewee import CharField, Model, PostgresqlDatabase
db = PostgresqlDatabase("app")
class User(Model):
    name = CharField()
    class Meta: database = db
---
User.get(User.name == q)
User.create(name=q)
db.connect()
db.execute_sql(q)
User.select().where(User.name == q).count()
""",
    "cassandra": """
from cassandra.cluster import Cluster
session = Cluster(["127.0.0.1"]).connect("k")
---
session.execute(q)
Cluster(["127.0.0.1"]).connect()
""",
    "django": """
from django.core.cache import cache
from django.db import connection, models
class User(models.Model): pass
---
User.objects.get(pk=q)
User.objects.filter(name=q).first()
User.objects.create(name=q)
User.objects.all().count()
list(User.objects.filter(name=q))
cache.get(q)
with connection.cursor() as cursor: cursor.execute(q)
User(name=q).save()
--- async
from django.core.cache import cache
from django.db import models
class User(models.Model): pass
---
await User.objects.aget(pk=q)
await User.objects.filter(name=q).afirst()
await cache.aget(q)
""",
    "pandas": """
import pandas as pd
---
pd.read_sql(q, "sqlite:///a.db")
pd.read_csv("https://example.com/a.csv")
""",
    "tinydb and files": """
import shelve
---
shelve.open(q)
""",
    # --- vector stores
    "chromadb": """
import chromadb
client = chromadb.HttpClient(host="localhost")
collection = client.get_or_create_collection("docs")
---
collection.query(query_texts=[q], n_results=3)
collection.add(documents=[q], ids=["1"])
collection.get(ids=[q])
collection.upsert(documents=[q], ids=["1"])
collection.delete(ids=[q])
client.get_collection(q)
client.list_collections()
client.heartbeat()
--- async
import chromadb
---
client = await chromadb.AsyncHttpClient(host="localhost"); collection = await client.get_collection("docs"); await collection.query(query_texts=[q])
""",
    "qdrant-client": """
from qdrant_client import QdrantClient
client = QdrantClient(url="http://localhost:6333")
---
client.query_points(collection_name="c", query=[0.1])
client.search(collection_name="c", query_vector=[0.1])
client.upsert(collection_name="c", points=[])
client.create_collection(collection_name=q, vectors_config={})
client.scroll(collection_name="c")
client.retrieve(collection_name="c", ids=[q])
client.delete(collection_name="c", points_selector=[])
client.get_collections()
client.collection_exists(q)
client.count(q)
--- async
from qdrant_client import AsyncQdrantClient
client = AsyncQdrantClient(url="http://localhost:6333")
---
await client.query_points(collection_name="c", query=[0.1])
await client.upsert(collection_name="c", points=[])
""",
    "pinecone": """
from pinecone import Pinecone
pc = Pinecone(api_key="k")
index = pc.Index("docs")
---
index.query(vector=[0.1], top_k=3)
index.upsert(vectors=[])
index.fetch(ids=[q])
index.delete(ids=[q])
index.describe_index_stats()
pc.list_indexes()
pc.create_index(name=q, dimension=3)
pc.describe_index(q)
pc.inference.embed(model="m", inputs=[q])
--- async
from pinecone import PineconeAsyncio
---
async with PineconeAsyncio(api_key="k") as pc: await pc.list_indexes()
""",
    "weaviate": """
import weaviate
client = weaviate.connect_to_local()
questions = client.collections.get("Question")
---
questions.query.near_text(query=q, limit=2)
questions.query.hybrid(query=q)
questions.query.fetch_objects(limit=2)
questions.data.insert({"q": q})
questions.data.insert_many([])
client.collections.create(q)
client.is_ready()
weaviate.connect_to_weaviate_cloud(cluster_url=q, auth_credentials=q)
questions.generate.near_text(query=q, single_prompt=q)
--- async
import weaviate
client = weaviate.use_async_with_local()
---
await client.collections.get("Question").query.near_text(query=q)
""",
    "pymilvus": """
from pymilvus import Collection, MilvusClient, connections
client = MilvusClient(uri="http://localhost:19530")
collection = Collection("c")
---
client.search(collection_name="c", data=[])
client.insert(collection_name="c", data=[])
client.query(collection_name="c", filter=q)
client.create_collection(collection_name=q, dimension=3)
client.delete(collection_name="c", ids=[q])
connections.connect(host="localhost", port="19530")
collection.search(data=[], anns_field="v", param={}, limit=3)
collection.load()
collection.insert([])
--- async
from pymilvus import AsyncMilvusClient
client = AsyncMilvusClient(uri="http://localhost:19530")
---
await client.search(collection_name="c", data=[])
""",
    "lancedb": """
import lancedb
db = lancedb.connect("s3://bucket/db")
table = db.open_table("t")
---
lancedb.connect(q)
table.search([0.1]).limit(2).to_list()
table.add([])
db.create_table(q, data=[])
table.delete(q)
--- async
import lancedb
---
db = await lancedb.connect_async("s3://bucket/db"); table = await db.open_table("t"); await table.add([])
""",
    "turbopuffer": """
import turbopuffer
tpuf = turbopuffer.Turbopuffer(region="gcp-us-central1")
ns = tpuf.namespace("n")
---
ns.query(rank_by=("vector", "ANN", [0.1]), top_k=3)
ns.write(upsert_rows=[])
""",
    "pgvector": """
from pgvector.psycopg import register_vector
import psycopg
conn = psycopg.connect("dbname=a")
---
conn.execute("SELECT * FROM items ORDER BY embedding <-> %s", (q,)).fetchall()
""",
    # --- HTTP and sockets
    "requests": """
import requests
session = requests.Session()
---
requests.get(q)
requests.post(q, json={})
requests.request("GET", q)
requests.put(q)
requests.delete(q)
requests.head(q)
session.get(q)
session.post(q)
with requests.get(q, stream=True) as r: print(r)
for line in requests.get(q, stream=True).iter_lines(): print(line)
""",
    "httpx": """
import httpx
client = httpx.Client()
---
httpx.get(q)
httpx.post(q, json={})
client.get(q)
client.post(q)
client.send(client.build_request("GET", q))
with httpx.stream("GET", q) as response: print(response)
with client.stream("GET", q) as response: print(response)
with httpx.Client() as c: c.get(q)
--- async
import httpx
client = httpx.AsyncClient()
---
await client.get(q)
async with httpx.AsyncClient() as c: await c.post(q)
async with client.stream("GET", q) as response: print(response)
""",
    "urllib": """
import urllib.request
from urllib.request import urlopen
---
urllib.request.urlopen(q)
urlopen(q)
urllib.request.urlretrieve(q, "f")
""",
    "urllib3": """
import urllib3
http = urllib3.PoolManager()
---
http.request("GET", q)
urllib3.request("GET", q)
""",
    "http.client": """
import http.client
conn = http.client.HTTPSConnection("example.com")
---
conn.request("GET", q)
conn.getresponse()
""",
    "httplib2": """
import httplib2
h = httplib2.Http()
---
h.request(q, "GET")
""",
    "curl_cffi": """
from curl_cffi import requests
session = requests.Session()
---
requests.get(q, impersonate="chrome")
session.get(q)
--- async
from curl_cffi.requests import AsyncSession
---
async with AsyncSession() as s: await s.get(q)
""",
    "websocket-client": """
from websocket import WebSocketApp, create_connection
ws = create_connection("ws://localhost")
app_ws = WebSocketApp("ws://localhost")
---
create_connection(q)
ws.send(q)
ws.recv()
app_ws.run_forever()
""",
    "websockets": """
from websockets.sync.client import connect
websocket = connect("ws://localhost")
---
connect(q)
websocket.send(q)
websocket.recv()
--- async
import websockets
---
async with websockets.connect(q) as websocket: await websocket.send(q)
""",
    "socket": """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
---
s.connect(("localhost", 80))
s.recv(1024)
s.sendall(b"")
s.accept()
socket.create_connection(("localhost", 80))
socket.gethostbyname(q)
socket.getaddrinfo(q, 80)
--- async
import asyncio
---
await asyncio.open_connection("localhost", 80)
""",
    "grpcio": """
import grpc
channel = grpc.insecure_channel("localhost:50051")
call = channel.unary_unary("/svc/Method")
---
call(b"")
grpc.channel_ready_future(channel).result()
--- async
import grpc
channel = grpc.aio.insecure_channel("localhost:50051")
call = channel.unary_unary("/svc/Method")
---
await call(b"")
""",
    "fsspec": """
import fsspec
fs = fsspec.filesystem("s3")
---
fs.ls(q)
fs.cat(q)
fs.put(q, "b/k")
fs.exists(q)
""",
    "s3fs": """
import gcsfs
import s3fs
fs = s3fs.S3FileSystem()
gcs = gcsfs.GCSFileSystem()
---
fs.ls(q)
fs.open(q)
gcs.ls(q)
gcs.cat(q)
""",
    "trafilatura": """
import trafilatura
---
trafilatura.fetch_url(q)
""",
    "newspaper": """
from newspaper import Article
article = Article("https://example.com")
---
article.download()
""",
    "feedparser": """
import feedparser
---
feedparser.parse(q)
""",
    "dnspython": """
import dns.resolver
---
dns.resolver.resolve(q, "A")
--- async
import dns.asyncresolver
---
await dns.asyncresolver.resolve(q, "A")
""",
    "zeep": """
from zeep import Client
client = Client("http://example.com/service?wsdl")
---
client.service.GetPrice(q)
Client(q)
""",
    "gql": """
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
client = Client(transport=RequestsHTTPTransport(url="http://localhost"))
---
client.execute(gql(q))
--- async
from gql import Client, gql
client = Client()
---
await client.execute_async(gql(q))
""",
    # --- mail, shells, containers, brokers
    "smtplib": """
import smtplib
server = smtplib.SMTP("localhost", 587)
---
server.send_message(q)
server.sendmail("a", "b", q)
server.login("u", q)
server.starttls()
with smtplib.SMTP_SSL("localhost") as smtp: smtp.send_message(q)
smtplib.SMTP(q)
--- async
import aiosmtplib
---
await aiosmtplib.send(q)
""",
    "imaplib": """
import imaplib
mail = imaplib.IMAP4_SSL("imap.example.com")
---
mail.login("u", q)
mail.select("inbox")
mail.search(None, "ALL")
mail.fetch(q, "(RFC822)")
imaplib.IMAP4_SSL(q)
""",
    "ftplib": """
from ftplib import FTP
ftp = FTP("ftp.example.com")
---
ftp.login("u", q)
ftp.retrbinary(q, print)
ftp.storbinary(q, None)
FTP(q)
""",
    "subprocess": """
import os
import subprocess
proc = subprocess.Popen(["ls"])
---
subprocess.run(["ls", q])
subprocess.check_output(["ls"])
subprocess.check_call(["ls"])
subprocess.call(["ls"])
subprocess.getoutput(q)
proc.communicate()
proc.wait()
os.system(q)
os.popen(q).read()
--- async
import asyncio
---
proc = await asyncio.create_subprocess_exec("ls"); await proc.communicate()
""",
    "sh and plumbum": """
import sh
from plumbum import local
ls = local["ls"]
---
sh.git("status")
ls("-l")
""",
    "paramiko": """
import paramiko
ssh = paramiko.SSHClient()
ssh.connect("host")
sftp = ssh.open_sftp()
---
ssh.connect(q)
ssh.exec_command(q)
sftp.put(q, "r")
sftp.get("r", q)
sftp.listdir(q)
--- async
import asyncssh
---
async with asyncssh.connect(q) as conn: await conn.run("ls")
""",
    "fabric": """
from fabric import Connection
c = Connection("host")
---
c.run(q)
c.sudo(q)
c.put(q)
c.local(q)
""",
    "pexpect": """
import pexpect
child = pexpect.spawn("ssh host")
---
child.expect(q)
pexpect.run(q)
""",
    "docker": """
import docker
client = docker.from_env()
container = client.containers.get("c")
---
client.containers.run("alpine", q)
client.containers.list()
container.exec_run(q)
container.logs()
container.wait()
container.stop()
client.images.pull(q)
client.images.build(path=q)
client.ping()
--- async
import aiodocker
docker = aiodocker.Docker()
---
await docker.containers.list()
""",
    "kubernetes": """
from kubernetes import client, config, watch
v1 = client.CoreV1Api()
batch = client.BatchV1Api()
custom = client.CustomObjectsApi()
---
v1.list_namespaced_pod("default")
v1.read_namespaced_pod_log(q, "default")
batch.create_namespaced_job("default", q)
client.AppsV1Api().read_namespaced_deployment(q, "default")
custom.list_cluster_custom_object("g", "v", "p")
for event in watch.Watch().stream(v1.list_namespaced_pod, "default"): print(event)
--- async
from kubernetes_asyncio import client
v1 = client.CoreV1Api()
---
await v1.list_namespaced_pod("default")
""",
    "pika": """
import pika
connection = pika.BlockingConnection(pika.ConnectionParameters("localhost"))
channel = connection.channel()
---
pika.BlockingConnection(pika.ConnectionParameters(q))
channel.basic_publish(exchange="", routing_key="k", body=q)
channel.start_consuming()
channel.queue_declare(queue=q)
channel.basic_get(q)
--- async
import aio_pika
---
connection = await aio_pika.connect_robust("amqp://localhost"); channel = await connection.channel(); await channel.default_exchange.publish(q, routing_key="k")
""",
    "kafka-python": """
from kafka import KafkaConsumer, KafkaProducer
producer = KafkaProducer(bootstrap_servers="localhost:9092")
consumer = KafkaConsumer("t")
---
producer.flush()
producer.send("t", b"").get(timeout=10)
for message in consumer: print(message)
consumer.poll(timeout_ms=1000)
--- async
from aiokafka import AIOKafkaProducer
producer = AIOKafkaProducer(bootstrap_servers="localhost:9092")
---
await producer.send_and_wait("t", b"")
""",
    "confluent-kafka": """
from confluent_kafka import Consumer, Producer
consumer = Consumer({"group.id": "g"})
producer = Producer({})
---
consumer.poll(1.0)
producer.flush()
consumer.consume(10, timeout=5)
""",
    "celery": """
from celery import Celery
celery_app = Celery("tasks", broker="redis://localhost")
@celery_app.task
def add(x, y): return x + y
result = add.delay(1, 2)
---
result.get(timeout=10)
add.delay(1, 2).get()
add.delay(1, q)
add.apply_async((1, q))
celery_app.send_task("t")
""",
    "rq": """
from redis import Redis
from rq import Queue
queue = Queue(connection=Redis())
---
queue.enqueue(print, q)
""",
    "nats and mqtt": """
import paho.mqtt.client as mqtt
import paho.mqtt.publish as publish
client = mqtt.Client()
---
client.connect("localhost", 1883)
client.loop_forever()
publish.single("t", q, hostname="localhost")
""",
    "pyzmq": """
import zmq
context = zmq.Context()
socket = context.socket(zmq.REQ)
---
socket.recv()
socket.send(b"")
socket.recv_json()
--- async
import zmq.asyncio
context = zmq.asyncio.Context()
socket = context.socket(zmq.REQ)
---
await socket.recv()
""",
    "sendgrid": """
from sendgrid import SendGridAPIClient
sg = SendGridAPIClient("k")
---
sg.send(q)
sg.client.mail.send.post(request_body={})
""",
    "twilio": """
from twilio.rest import Client
client = Client("sid", "token")
---
client.messages.create(to=q, from_="+1", body="hi")
client.calls.create(to=q, from_="+1", url="http://a")
client.messages(q).fetch()
--- async
from twilio.rest import Client
client = Client("sid", "token")
---
await client.messages.create_async(to=q, from_="+1", body="hi")
""",
    "slack_sdk": """
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient
client = WebClient(token="t")
webhook = WebhookClient("https://hooks.slack.com/a")
---
client.chat_postMessage(channel="c", text=q)
client.conversations_history(channel=q)
client.files_upload_v2(channel="c", file=q)
webhook.send(text=q)
--- async
from slack_sdk.web.async_client import AsyncWebClient
client = AsyncWebClient(token="t")
---
await client.chat_postMessage(channel="c", text=q)
""",
    "resend": """
import resend
resend.api_key = "k"
---
resend.Emails.send({"to": q})
""",
    "git": """
import git
from git import Repo
repo = Repo("path")
---
Repo.clone_from(q, "path")
repo.remotes.origin.pull()
repo.git.checkout(q)
repo.index.commit(q)
git.Repo.clone_from(q, "p")
""",
    # --- threads, pools, queues
    "time": """
import time
from time import sleep
---
time.sleep(1)
sleep(1)
--- async
import asyncio
---
await asyncio.sleep(1)
""",
    "threading": """
import threading
thread = threading.Thread(target=print)
event = threading.Event()
lock = threading.Lock()
rlock = threading.RLock()
condition = threading.Condition()
semaphore = threading.Semaphore(2)
barrier = threading.Barrier(2)
---
thread.join()
event.wait()
lock.acquire()
rlock.acquire()
semaphore.acquire()
barrier.wait()
with condition: condition.wait()
--- async
import asyncio
event = asyncio.Event()
lock = asyncio.Lock()
---
await event.wait()
await lock.acquire()
async with lock: print(q)
""",
    "queue": """
import queue
jobs = queue.Queue(maxsize=1)
ranked = queue.PriorityQueue()
simple = queue.SimpleQueue()
---
jobs.get()
jobs.put(q)
jobs.join()
ranked.get()
simple.get()
--- async
import asyncio
jobs = asyncio.Queue()
---
await jobs.get()
await jobs.put(q)
await jobs.join()
""",
    "concurrent.futures": """
import concurrent.futures
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
executor = ThreadPoolExecutor()
processes = ProcessPoolExecutor()
futures = [executor.submit(print, 1)]
---
executor.submit(print, q).result()
processes.submit(print, q).result()
concurrent.futures.wait(futures)
for future in as_completed(futures): print(future)
list(executor.map(print, [q]))
with ThreadPoolExecutor() as pool: pool.submit(print, q)
futures[0].result()
--- async
import asyncio
from concurrent.futures import ThreadPoolExecutor
executor = ThreadPoolExecutor()
---
await asyncio.get_running_loop().run_in_executor(executor, print, q)
await asyncio.to_thread(print, q)
""",
    "multiprocessing": """
import multiprocessing
from multiprocessing import Pool, Process
from multiprocessing.pool import ThreadPool
pool = Pool(4)
threads = ThreadPool(4)
process = Process(target=print)
queue = multiprocessing.Queue()
parent, child = multiprocessing.Pipe()
manager = multiprocessing.Manager()
shared = manager.Queue()
---
pool.map(print, [q])
pool.apply(print, (q,))
pool.starmap(print, [])
pool.apply_async(print, (q,)).get()
threads.map(print, [q])
process.join()
queue.get()
parent.recv()
shared.get()
pool.join()
""",
    "asyncio from threads": """
import asyncio
loop = asyncio.new_event_loop()
async def work(): return 1
---
asyncio.run_coroutine_threadsafe(work(), loop).result()
loop.run_until_complete(work())
""",
    "joblib": """
from joblib import Parallel, delayed
---
Parallel(n_jobs=2)(delayed(print)(i) for i in range(3))
""",
    "ray and dask": """
import ray
from dask.distributed import Client
@ray.remote
def work(x): return x
client = Client()
---
ray.get(work.remote(q))
ray.wait([work.remote(q)])
client.submit(print, q).result()
client.gather([])
""",
    "asgiref": """
from asgiref.sync import async_to_sync
async def work(): return 1
---
async_to_sync(work)()
--- async
from asgiref.sync import sync_to_async
---
await sync_to_async(print)(q)
""",
    "filelock": """
from filelock import FileLock
lock = FileLock("a.lock")
---
with lock: print(q)
lock.acquire(timeout=10)
--- async
from filelock import AsyncFileLock
lock = AsyncFileLock("a.lock")
---
async with lock: print(q)
""",
    # --- search, services, tracing, memory, sign-in
    "tavily": """
from tavily import TavilyClient
client = TavilyClient(api_key="k")
---
client.search(q)
client.extract(urls=[q])
client.qna_search(query=q)
client.get_search_context(query=q)
--- async
from tavily import AsyncTavilyClient
client = AsyncTavilyClient(api_key="k")
---
await client.search(q)
""",
    "exa": """
from exa_py import Exa
exa = Exa(api_key="k")
---
exa.search(q)
exa.search_and_contents(q, text=True)
exa.find_similar(q)
exa.answer(q)
exa.get_contents([q])
--- async
from exa_py import AsyncExa
exa = AsyncExa(api_key="k")
---
await exa.search(q)
""",
    "ddgs": """
from ddgs import DDGS
---
DDGS().text(q, max_results=5)
DDGS().news(q)
with DDGS() as ddgs: ddgs.text(q)
""",
    "duckduckgo_search": """
from duckduckgo_search import DDGS
---
DDGS().text(q, max_results=5)
""",
    "serpapi": """
import serpapi
from serpapi import GoogleSearch
client = serpapi.Client(api_key="k")
---
GoogleSearch({"q": q}).get_dict()
client.search(q=q)
""",
    "firecrawl": """
from firecrawl import Firecrawl, FirecrawlApp
app_client = FirecrawlApp(api_key="k")
firecrawl = Firecrawl(api_key="k")
---
app_client.scrape_url(q)
app_client.crawl_url(q)
firecrawl.scrape(q)
firecrawl.crawl(url=q)
firecrawl.search(q)
--- async
from firecrawl import AsyncFirecrawl
firecrawl = AsyncFirecrawl(api_key="k")
---
await firecrawl.scrape(q)
""",
    "apify": """
from apify_client import ApifyClient
client = ApifyClient("t")
---
client.actor("a").call(run_input={"q": q})
client.dataset(q).list_items()
--- async
from apify_client import ApifyClientAsync
client = ApifyClientAsync("t")
---
await client.actor("a").call(run_input={"q": q})
""",
    "wikipedia": """
import wikipedia
import wikipediaapi
wiki = wikipediaapi.Wikipedia("agent")
---
wikipedia.summary(q)
wikipedia.search(q)
wikipedia.page(q)
wiki.page(q).summary
""",
    "arxiv": """
import arxiv
client = arxiv.Client()
---
for result in client.results(arxiv.Search(query=q)): print(result)
next(client.results(arxiv.Search(query=q)))
""",
    "yfinance": """
import yfinance as yf
ticker = yf.Ticker("MSFT")
---
yf.download(q)
ticker.history(period="1mo")
""",
    "youtube": """
from youtube_transcript_api import YouTubeTranscriptApi
import yt_dlp
ytt = YouTubeTranscriptApi()
---
ytt.fetch(q)
YouTubeTranscriptApi.get_transcript(q)
with yt_dlp.YoutubeDL({}) as ydl: ydl.extract_info(q)
yt_dlp.YoutubeDL({}).download([q])
""",
    "stripe": """
import stripe
from stripe import StripeClient
stripe.api_key = "k"
client = StripeClient("k")
---
stripe.Customer.create(email=q)
stripe.PaymentIntent.create(amount=1, currency="usd")
stripe.checkout.Session.create(mode="payment")
stripe.Subscription.retrieve(q)
stripe.Customer.list(limit=3)
client.customers.create(params={"email": q})
client.v1.customers.list()
--- async
import stripe
from stripe import StripeClient
client = StripeClient("k")
---
await stripe.Customer.create_async(email=q)
await client.customers.create_async(params={"email": q})
""",
    "notion": """
from notion_client import Client
notion = Client(auth="t")
---
notion.databases.query(database_id=q)
notion.pages.create(parent={}, properties={})
notion.search(query=q)
notion.blocks.children.list(block_id=q)
--- async
from notion_client import AsyncClient
notion = AsyncClient(auth="t")
---
await notion.databases.query(database_id=q)
""",
    "PyGithub": """
from github import Auth, Github
g = Github(auth=Auth.Token("t"))
repo = g.get_repo("o/n")
---
g.get_repo(q)
repo.create_issue(title=q)
repo.get_contents(q)
g.get_user().get_repos(); [r for r in g.get_user().get_repos()]
repo.get_pull(1)
repo.create_file(q, "m", "c")
repo.get_pull(1).create_issue_comment(q)
for issue in repo.get_issues(state="open"): print(issue)
""",
    "gitlab": """
import gitlab
gl = gitlab.Gitlab(private_token="t")
project = gl.projects.get(1)
---
gl.projects.get(q)
project.issues.list()
project.mergerequests.create({"title": q})
""",
    "jira": """
from jira import JIRA
jira = JIRA("https://a.atlassian.net")
---
jira.search_issues(q)
jira.create_issue(fields={})
jira.issue(q)
jira.add_comment("A-1", q)
JIRA(q)
""",
    "atlassian": """
from atlassian import Confluence, Jira
confluence = Confluence(url="u")
jira = Jira(url="u")
---
confluence.get_page_by_id(q)
confluence.cql(q)
jira.jql(q)
jira.issue_create(fields={})
""",
    "praw": """
import praw
reddit = praw.Reddit(client_id="i")
---
reddit.subreddit("a").hot(limit=3); [s for s in reddit.subreddit("a").hot(limit=3)]
reddit.subreddit("a").submit(q, selftext="t")
for s in reddit.subreddit("a").search(q): print(s)
""",
    "tweepy": """
import tweepy
client = tweepy.Client("t")
api = tweepy.API(None)
---
client.create_tweet(text=q)
client.search_recent_tweets(q)
api.user_timeline(screen_name=q)
""",
    "google sheets": """
import gspread
gc = gspread.service_account()
worksheet = gc.open("s").sheet1
---
gc.open_by_key(q)
worksheet.get_all_records()
worksheet.append_row([q])
worksheet.update("A1", q)
""",
    "airtable": """
from pyairtable import Api
api = Api("k")
table = api.table("b", "t")
---
table.all()
table.create({"q": q})
table.get(q)
""",
    "salesforce and hubspot": """
from simple_salesforce import Salesforce
from hubspot import HubSpot
sf = Salesforce(username="u", password="p", security_token="t")
hub = HubSpot(access_token="t")
---
sf.query(q)
sf.Contact.create({"LastName": q})
Salesforce(username=q, password="p", security_token="t")
hub.crm.contacts.basic_api.get_page(limit=10)
""",
    "zendesk and shopify": """
import shopify
---
shopify.Product.find(q)
""",
    "telegram bots": """
import telebot
bot = telebot.TeleBot("t")
---
bot.send_message(1, q)
bot.polling()
""",
    "posthog": """
from posthog import Posthog
posthog = Posthog("k", host="h")
---
posthog.feature_enabled("f", q)
posthog.flush()
posthog.get_all_flags(q)
""",
    "langfuse": """
from langfuse import Langfuse, get_client
langfuse = Langfuse()
other = get_client()
---
langfuse.flush()
langfuse.get_prompt(q)
langfuse.auth_check()
other.flush()
langfuse.api.trace.list()
""",
    "langsmith": """
from langsmith import Client
client = Client()
---
client.create_dataset(q)
client.list_runs(project_name=q); list(client.list_runs(project_name=q))
client.create_feedback(q, key="k", score=1)
client.pull_prompt(q)
client.create_examples(dataset_id=q, examples=[])
client.read_run(q)
--- async
from langsmith import AsyncClient
client = AsyncClient()
---
await client.create_dataset(q)
""",
    "mlflow and wandb": """
import mlflow
import wandb
---
mlflow.log_metric("m", 1)
mlflow.start_run()
wandb.init(project=q)
""",
    "mem0": """
from mem0 import Memory, MemoryClient
m = Memory()
client = MemoryClient(api_key="k")
---
m.add(q, user_id="u")
m.search(q, user_id="u")
m.get_all(user_id=q)
client.add([], user_id=q)
client.search(q, user_id="u")
--- async
from mem0 import AsyncMemory, AsyncMemoryClient
m = AsyncMemory()
client = AsyncMemoryClient(api_key="k")
---
await m.add(q, user_id="u")
await client.search(q, user_id="u")
""",
    "zep": """
from zep_cloud.client import Zep
zep = Zep(api_key="k")
---
zep.thread.create(thread_id=q, user_id="u")
zep.graph.search(user_id="u", query=q)
zep.user.add(user_id=q)
--- async
from zep_cloud.client import AsyncZep
zep = AsyncZep(api_key="k")
---
await zep.thread.create(thread_id=q, user_id="u")
""",
    "e2b": """
from e2b_code_interpreter import Sandbox
sandbox = Sandbox.create()
---
Sandbox.create()
sandbox.run_code(q)
sandbox.commands.run(q)
sandbox.files.read(q)
sandbox.files.write("f", q)
sandbox.kill()
--- async
from e2b_code_interpreter import AsyncSandbox
---
sandbox = await AsyncSandbox.create(); await sandbox.run_code(q)
""",
    "modal and daytona": """
import modal
from daytona import Daytona
daytona = Daytona()
f = modal.Function.from_name("a", "b")
---
daytona.create()
f.remote(q)
--- async
import modal
f = modal.Function.from_name("a", "b")
---
await f.remote.aio(q)
""",
    "playwright": """
from playwright.sync_api import sync_playwright
p = sync_playwright().start()
browser = p.chromium.launch()
page = browser.new_page()
---
page.goto(q)
page.content()
page.click("a")
page.screenshot(path=q)
page.locator("a").inner_text()
with sync_playwright() as pw: pw.chromium.launch()
--- async
from playwright.async_api import async_playwright
---
async with async_playwright() as p: browser = await p.chromium.launch(); page = await browser.new_page(); await page.goto(q)
""",
    "selenium": """
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
driver = webdriver.Chrome()
---
webdriver.Chrome()
driver.get(q)
driver.find_element(By.ID, q).click()
WebDriverWait(driver, 10).until(print)
driver.quit()
""",
    "auth0": """
from auth0.authentication import GetToken
from auth0.management import Auth0
token = GetToken("d", "c", client_secret="s")
auth0 = Auth0("d", "t")
---
token.client_credentials("a")
auth0.users.get(q)
""",
    "PyJWT": """
import jwt
from jwt import PyJWKClient
jwks = PyJWKClient("https://a/.well-known/jwks.json")
---
jwks.get_signing_key_from_jwt(q)
""",
    "msal": """
import msal
app_msal = msal.ConfidentialClientApplication("id", client_credential="c", authority="a")
---
app_msal.acquire_token_for_client(scopes=[q])
app_msal.acquire_token_by_authorization_code(q, scopes=[])
app_msal.acquire_token_on_behalf_of(q, scopes=[])
""",
    "google-auth": """
import google.auth
import google.auth.transport.requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import id_token, service_account
credentials = service_account.Credentials.from_service_account_file("f")
request = google.auth.transport.requests.Request()
session = AuthorizedSession(credentials)
---
credentials.refresh(request)
id_token.verify_oauth2_token(q, request)
session.get(q)
google.auth.default()
""",
    "firebase-admin": """
from firebase_admin import auth, db, firestore, messaging
store = firestore.client()
---
auth.verify_id_token(q, check_revoked=True)
auth.get_user(q)
messaging.send(q)
store.collection("a").document(q).get()
db.reference("a").get()
""",
    "authlib and oauthlib": """
from authlib.integrations.requests_client import OAuth2Session
from requests_oauthlib import OAuth2Session as Other
client = OAuth2Session("id", "secret")
other = Other("id")
---
client.fetch_token("https://a/token")
client.get(q)
other.fetch_token("https://a/token")
--- async
from authlib.integrations.httpx_client import AsyncOAuth2Client
client = AsyncOAuth2Client("id", "secret")
---
await client.fetch_token("https://a/token")
""",
    "hvac": """
import hvac
client = hvac.Client(url="http://localhost:8200")
---
client.secrets.kv.v2.read_secret_version(path=q)
client.is_authenticated()
""",
    "consul and etcd": """
import consul
c = consul.Consul()
---
c.kv.get(q)
""",
    "launchdarkly": """
import sentry_sdk
---
sentry_sdk.flush()
""",
    "ldap3": """
from ldap3 import Connection, Server
conn = Connection(Server("ldap.example.com"))
---
conn.bind()
conn.search("dc=a", q)
""",
    "geopy": """
from geopy.geocoders import Nominatim
geolocator = Nominatim(user_agent="a")
---
geolocator.geocode(q)
geolocator.reverse(q)
""",
    "googlemaps": """
import googlemaps
gmaps = googlemaps.Client(key="k")
---
gmaps.geocode(q)
gmaps.directions(q, q)
""",
    "wolframalpha": """
import wolframalpha
client = wolframalpha.Client("id")
---
client.query(q)
""",
    "unstructured and llama-parse": """
from llama_parse import LlamaParse
from unstructured.partition.auto import partition
parser = LlamaParse(api_key="k")
---
parser.load_data(q)
partition(url=q)
--- async
from llama_parse import LlamaParse
parser = LlamaParse(api_key="k")
---
await parser.aload_data(q)
""",
    # --- the rest of LangChain
    "langchain models": """
from langchain.chat_models import init_chat_model
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
llm = ChatOpenAI(model="gpt-4o")
claude = ChatAnthropic(model="claude-sonnet-4-5")
model = init_chat_model("openai:gpt-4o")
embeddings = OpenAIEmbeddings()
structured = llm.with_structured_output(dict)
tools = llm.bind_tools([])
---
llm.invoke(q)
claude.invoke(q)
model.invoke(q)
structured.invoke(q)
tools.invoke(q)
llm.batch([q])
for chunk in llm.stream(q): print(chunk)
embeddings.embed_query(q)
embeddings.embed_documents([q])
--- async
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
llm = ChatOpenAI(model="gpt-4o")
embeddings = OpenAIEmbeddings()
structured = llm.with_structured_output(dict)
---
await llm.ainvoke(q)
await structured.ainvoke(q)
await embeddings.aembed_query(q)
async for chunk in llm.astream(q): print(chunk)
""",
    "langchain chains": """
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_openai import ChatOpenAI
prompt = ChatPromptTemplate.from_template("{q}")
chain = prompt | ChatOpenAI() | StrOutputParser()
rag = {"q": RunnablePassthrough()} | prompt | ChatOpenAI()
---
chain.invoke({"q": q})
chain.batch([{"q": q}])
rag.invoke(q)
for chunk in chain.stream({"q": q}): print(chunk)
--- async
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
prompt = ChatPromptTemplate.from_template("{q}")
chain = prompt | ChatOpenAI() | StrOutputParser()
---
await chain.ainvoke({"q": q})
prompt.invoke({"q": q})
""",
    "langchain stores": """
from langchain_chroma import Chroma
from langchain_community.vectorstores import FAISS
from langchain_openai import OpenAIEmbeddings
from langchain_pinecone import PineconeVectorStore
from langchain_postgres import PGVector
from langchain_qdrant import QdrantVectorStore
chroma = Chroma(collection_name="c", embedding_function=OpenAIEmbeddings())
pine = PineconeVectorStore(index_name="i", embedding=OpenAIEmbeddings())
pg = PGVector(embeddings=OpenAIEmbeddings(), connection="postgresql://a")
qdrant = QdrantVectorStore.from_existing_collection(embedding=OpenAIEmbeddings(), collection_name="c")
faiss = FAISS.from_texts(["a"], OpenAIEmbeddings())
retriever = chroma.as_retriever()
---
chroma.similarity_search(q, k=3)
chroma.add_documents([])
pine.similarity_search_with_score(q)
pg.similarity_search(q)
pg.add_texts([q])
qdrant.similarity_search(q)
faiss.similarity_search(q)
retriever.invoke(q)
chroma.max_marginal_relevance_search(q)
FAISS.from_documents([], OpenAIEmbeddings())
--- async
from langchain_chroma import Chroma
from langchain_openai import OpenAIEmbeddings
chroma = Chroma(collection_name="c", embedding_function=OpenAIEmbeddings())
retriever = chroma.as_retriever()
---
await chroma.asimilarity_search(q, k=3)
await retriever.ainvoke(q)
await chroma.aadd_documents([])
""",
    "langchain loaders": """
from langchain_community.document_loaders import PyPDFLoader, WebBaseLoader, YoutubeLoader
from langchain_community.document_loaders.csv_loader import CSVLoader
loader = WebBaseLoader("https://example.com")
pdf = PyPDFLoader("a.pdf")
videos = YoutubeLoader.from_youtube_url("u")
---
loader.load()
pdf.load()
pdf.load_and_split()
videos.load()
for document in loader.lazy_load(): print(document)
--- async
from langchain_community.document_loaders import PyPDFLoader
pdf = PyPDFLoader("a.pdf")
---
await pdf.aload()
""",
    "langchain tools": """
from langchain_community.tools import DuckDuckGoSearchRun, WikipediaQueryRun
from langchain_community.utilities import GoogleSerperAPIWrapper, SQLDatabase, WikipediaAPIWrapper
from langchain_core.tools import tool
from langchain_experimental.utilities import PythonREPL
from langchain_tavily import TavilySearch
import requests
search = DuckDuckGoSearchRun()
tavily = TavilySearch(max_results=3)
serper = GoogleSerperAPIWrapper()
wiki = WikipediaQueryRun(api_wrapper=WikipediaAPIWrapper())
db = SQLDatabase.from_uri("postgresql://a")
repl = PythonREPL()
@tool
def fetch(url: str) -> str:
    "Fetch a page."
    return requests.get(url).text
---
search.invoke(q)
search.run(q)
tavily.invoke({"query": q})
serper.run(q)
wiki.run(q)
db.run(q)
db.get_table_info()
SQLDatabase.from_uri(q)
fetch.invoke({"url": q})
repl.run(q)
--- async
from langchain_tavily import TavilySearch
tavily = TavilySearch(max_results=3)
---
await tavily.ainvoke({"query": q})
""",
    "langchain histories": """
from langchain_community.chat_message_histories import RedisChatMessageHistory, SQLChatMessageHistory
from langchain_community.graphs import Neo4jGraph
from langchain_neo4j import Neo4jGraph as Newer
history = RedisChatMessageHistory("s", url="redis://localhost")
sql_history = SQLChatMessageHistory("s", connection="sqlite:///a.db")
graph_db = Neo4jGraph(url="bolt://localhost")
newer = Newer(url="bolt://localhost")
---
history.add_user_message(q)
history.messages
sql_history.add_message(q)
graph_db.query(q)
newer.query(q)
newer.refresh_schema()
""",
    "langchain agents": """
from langchain.agents import create_agent
from langchain_classic.agents import AgentExecutor
from langchain_classic.chains import RetrievalQA
from langchain_openai import ChatOpenAI
agent_executor = AgentExecutor(agent=None, tools=[])
qa = RetrievalQA.from_chain_type(llm=ChatOpenAI(), retriever=None)
---
agent_executor.invoke({"input": q})
qa.invoke({"query": q})
qa.run(q)
--- async
from langchain_classic.agents import AgentExecutor
agent_executor = AgentExecutor(agent=None, tools=[])
---
await agent_executor.ainvoke({"input": q})
""",
    "langchain retrievers": """
from langchain_classic.retrievers import ContextualCompressionRetriever, EnsembleRetriever, MultiQueryRetriever
from langchain_cohere import CohereRerank
from langchain_community.retrievers import ArxivRetriever, TavilySearchAPIRetriever, WikipediaRetriever
from langchain_openai import ChatOpenAI
wiki = WikipediaRetriever()
arxiv = ArxivRetriever()
rerank = CohereRerank(model="rerank-english-v3.0")
ensemble = EnsembleRetriever(retrievers=[wiki, arxiv])
multi = MultiQueryRetriever.from_llm(retriever=wiki, llm=ChatOpenAI())
---
wiki.invoke(q)
arxiv.invoke(q)
rerank.compress_documents([], q)
ensemble.invoke(q)
multi.invoke(q)
wiki.get_relevant_documents(q)
""",
    "langgraph savers and stores": """
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.postgres import PostgresStore
import sqlite3
saver = PostgresSaver(None)
sqlite_saver = SqliteSaver(sqlite3.connect("a.db"))
store = PostgresStore(None)
---
saver.setup()
saver.get_tuple({"configurable": {"thread_id": q}})
sqlite_saver.get({"configurable": {"thread_id": q}})
store.put(("a",), "k", {"q": q})
store.search(("a",), query=q)
store.get(("a",), q)
--- async
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.store.postgres import AsyncPostgresStore
saver = AsyncPostgresSaver(None)
store = AsyncPostgresStore(None)
---
await saver.setup()
await saver.aget_tuple({"configurable": {"thread_id": q}})
await store.aput(("a",), "k", {"q": q})
await store.asearch(("a",), query=q)
""",
    "langgraph-sdk": """
from langgraph_sdk import get_sync_client
client = get_sync_client(url="http://localhost:2024")
---
client.threads.create()
client.runs.wait(q, "agent", input={})
for chunk in client.runs.stream(q, "agent", input={}): print(chunk)
client.assistants.search()
client.store.put_item(["a"], "k", {"q": q})
--- async
from langgraph_sdk import get_client
client = get_client(url="http://localhost:2024")
---
await client.threads.create()
async for chunk in client.runs.stream(q, "agent", input={}): print(chunk)
""",
    "langgraph remote": """
from langgraph.pregel.remote import RemoteGraph
remote = RemoteGraph("agent", url="http://localhost:2024")
---
remote.get_state({"configurable": {"thread_id": q}})
--- async
from langgraph.pregel.remote import RemoteGraph
remote = RemoteGraph("agent", url="http://localhost:2024")
---
await remote.aget_state({"configurable": {"thread_id": q}})
""",
    "langchain hub": """
from langchain_classic import hub
---
hub.pull(q)
""",
    "graphiti": """
import kuzu
conn = kuzu.Connection(kuzu.Database("d"))
---
conn.execute(q)
""",
}
