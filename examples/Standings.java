import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Ships what stands released and stops what stands held, by the headers of {@code screening.decisions} alone: no
 * value is parsed. Instances of one group share the partitions. A partition is read to its end before anything of
 * it is acted on, since a hold may have overtaken a release; offsets are committed afterwards, so that after a crash
 * the warehouse may be told twice, with the decision's id to tell by.
 *
 * <p>Usage: {@code java -cp kafka-clients.jar:... Standings localhost:9092 fulfilment}
 */
public final class Standings implements ConsumerRebalanceListener {

    private record Stand(boolean released, String decisionId) {}

    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<TopicPartition, Long> caughtUpAt = new HashMap<>();
    private final Map<TopicPartition, Map<String, Stand>> toTell = new HashMap<>();

    private Standings(KafkaConsumer<String, byte[]> consumer) {
        this.consumer = consumer;
    }

    public static void main(String[] arguments) {
        var settings = new Properties();
        settings.put("bootstrap.servers", arguments[0]);
        settings.put("group.id", arguments[1]);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        // Partitions of an instance that was killed go to the others after so long.
        settings.put("session.timeout.ms", "10000");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            new Standings(consumer).run();
        }
    }

    private void run() {
        consumer.subscribe(List.of("screening.decisions"), this);
        while (true) {
            for (var record : consumer.poll(Duration.ofMillis(500))) {
                var partition = new TopicPartition(record.topic(), record.partition());
                toTell.computeIfAbsent(partition, none -> new LinkedHashMap<>()).put(record.key(), stand(record));
            }
            caughtUpAt.forEach((partition, end) -> {
                if (consumer.position(partition) >= end) {
                    tell(partition);
                }
            });
        }
    }

    /** A header that is missing or unknown is a hold. */
    private static Stand stand(ConsumerRecord<String, byte[]> record) {
        return new Stand("released".equals(said(record, "standing")), said(record, "ce_id"));
    }

    private static String said(ConsumerRecord<String, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private void tell(TopicPartition partition) {
        var stands = toTell.remove(partition);
        if (stands != null) {
            stands.forEach((subject, stand) ->
                    System.out.println((stand.released() ? "ship " : "stop ") + subject + " " + stand.decisionId()));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(consumer.position(partition))));
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        caughtUpAt.putAll(consumer.endOffsets(partitions));
    }

    /** Whoever gets the partitions reads again what was not committed. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        caughtUpAt.keySet().removeAll(partitions);
        toTell.keySet().removeAll(partitions);
    }
}
