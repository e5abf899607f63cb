import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.Stores;

/**
 * Kafka Streams doing less than the gate: decode (Jackson), a KTable look-up, a hash, an encode; no rules. What it
 * writes has the size of the gate's decisions, headers included.
 *
 * <p>java KafkaStreamsPeer BROKERS GROUP OUTPUT GUARANTEE STATE_DIR DOWNLOAD_BYTES ORDER_BYTES
 */
public final class KafkaStreamsPeer {
  public static final class Line {
    public String line_id;
    public String sku;
    public Double quantity;
  }

  public static final class Place {
    public String country;
    public String region;
  }

  public static final class Event {
    public String event_id;
    public String order_id;
    public String request_id;
    public String end_user_id;
    public String occurred_at;
    public String sku;
    public String declared_country;
    public String ip_country;
    public Place ship_to;
    public Place bill_to;
    public List<Line> lines;
  }

  public static final class Subject {
    public String type;
    public String id;
  }

  public static final class Decision {
    public String decision_id;
    public String event_id;
    public Subject subject = new Subject();
    public String end_user_id;
    public String decision = "release";
    public List<Line> lines;
    public String occurred_at;
    public String decided_at;
    public String padding = "";
  }

  /** An event and its end user's record, as they came. */
  record Joined(byte[] event, byte[] endUser) {}

  /** Decodes, hashes, encodes, and adds the headers of a decision. */
  static final class Decide extends ContextualProcessor<byte[], Joined, byte[], byte[]> {
    private final ObjectMapper mapper =
        new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    private final int downloadBytes;
    private final int orderBytes;
    private final byte[] source;
    private final MessageDigest digest;
    private String downloadPadding;
    private String orderPadding;

    Decide(String group, int downloadBytes, int orderBytes) {
      this.source = ("/exportgate/" + group).getBytes(StandardCharsets.UTF_8);
      this.downloadBytes = downloadBytes;
      this.orderBytes = orderBytes;
      try {
        this.digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException error) {
        throw new IllegalStateException(error);
      }
    }

    @Override
    public void process(Record<byte[], Joined> record) {
      try {
        decide(record);
      } catch (Exception error) {
        throw new IllegalStateException(error);
      }
    }

    private void decide(Record<byte[], Joined> record) throws Exception {
      byte[] came = record.value().event();
      Event event = mapper.readValue(came, Event.class);
      boolean order = event.order_id != null;
      Decision decision = new Decision();
      decision.subject.type = order ? "order" : "download";
      decision.subject.id = order ? event.order_id : event.request_id;
      String subject = decision.subject.type + ":" + decision.subject.id;
      digest.update(came);
      if (record.value().endUser() != null) {
        digest.update(record.value().endUser());
      }
      decision.decision_id = HexFormat.of().formatHex(digest.digest(), 0, 16);
      decision.event_id = event.event_id;
      decision.end_user_id = event.end_user_id;
      decision.lines = event.lines;
      decision.occurred_at = event.occurred_at;
      decision.decided_at = Instant.now().toString();
      decision.padding = order ? orderPadding(decision) : downloadPadding(decision);
      byte[] value = mapper.writeValueAsBytes(decision);
      byte[] key = subject.getBytes(StandardCharsets.UTF_8);
      context().forward(new Record<>(key, value, record.timestamp(), headers(decision, key)));
    }

    /** What makes a download's decision as long as the gate's are. */
    private String downloadPadding(Decision decision) throws Exception {
      if (downloadPadding == null) {
        downloadPadding = padding(decision, downloadBytes);
      }
      return downloadPadding;
    }

    /** What makes an order's decision as long as the gate's are. */
    private String orderPadding(Decision decision) throws Exception {
      if (orderPadding == null) {
        orderPadding = padding(decision, orderBytes);
      }
      return orderPadding;
    }

    private String padding(Decision decision, int length) throws Exception {
      return "x".repeat(Math.max(0, length - mapper.writeValueAsBytes(decision).length));
    }

    private Headers headers(Decision decision, byte[] subject) {
      RecordMetadata from = context().recordMetadata().orElseThrow();
      Headers headers = new RecordHeaders();
      add(headers, "ce_specversion", "1.0");
      add(headers, "content-type", "application/json");
      headers.add("ce_source", source);
      add(headers, "ce_time", decision.decided_at);
      add(headers, "ce_type", "exportgate.release");
      add(headers, "standing", "released");
      add(headers, "ce_id", decision.decision_id);
      headers.add("ce_subject", subject);
      add(headers, "event_topic", from.topic());
      add(headers, "event_partition", Integer.toString(from.partition()));
      add(headers, "event_offset", Long.toString(from.offset()));
      return headers;
    }

    private static void add(Headers headers, String name, String value) {
      headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Properties properties(String[] args) {
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0],
            StreamsConfig.APPLICATION_ID_CONFIG, args[1],
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG, args[3],
            StreamsConfig.STATE_DIR_CONFIG, args[4],
            StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1,
            StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, StreamsConfig.OPTIMIZE,
            StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest",
            StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 131072,
            StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all"));
    return properties;
  }

  private static StreamsBuilder topology(String[] args) {
    int downloadBytes = Integer.parseInt(args[5]);
    int orderBytes = Integer.parseInt(args[6]);
    var raw = Serdes.ByteArray();
    StreamsBuilder builder = new StreamsBuilder();
    KTable<byte[], byte[]> endUsers =
        builder.table(
            "reference.end-users",
            Consumed.with(raw, raw),
            Materialized.<byte[], byte[]>as(Stores.inMemoryKeyValueStore("end-users"))
                .withCachingDisabled());
    builder.stream(List.of("orders", "download-requests"), Consumed.with(raw, raw))
        .leftJoin(endUsers, Joined::new)
        .process(() -> new Decide(args[1], downloadBytes, orderBytes))
        .to(args[2], Produced.with(raw, raw));
    return builder;
  }

  public static void main(String[] args) {
    Properties properties = properties(args);
    KafkaStreams streams = new KafkaStreams(topology(args).build(properties), properties);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(5))));
    streams.start();
  }
}
